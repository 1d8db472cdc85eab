#include "search/logits.hpp"

#include <openvino/op/log_softmax.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/softmax.hpp>

namespace octet::search {

std::shared_ptr<ov::Model> with_logits(const ov::Model& graph) {
  const auto clone = graph.clone();
  for (const auto& result : clone->get_results()) {
    const auto source = result->get_input_node_shared_ptr(0);
    if (ov::is_type<ov::op::v1::Softmax>(source) || ov::is_type<ov::op::v8::Softmax>(source) ||
        ov::is_type<ov::op::v5::LogSoftmax>(source))
      result->input(0).replace_source_output(source->input_value(0));
  }
  return clone;
}

}  // namespace octet::search
