#include "statistics/channels_last.hpp"

#include <algorithm>
#include <string_view>

#include <openvino/op/constant.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/util/binary_elementwise_arithmetic.hpp>
#include <openvino/op/util/convolution_base.hpp>
#include <openvino/op/util/unary_elementwise_arithmetic.hpp>

namespace octet::statistics {
namespace {

bool is_convolution(const ov::Node& node) {
  return dynamic_cast<const ov::op::util::ConvolutionBase*>(&node) != nullptr;
}

bool keeps_layout(const ov::Node& node) {
  if (dynamic_cast<const ov::op::util::UnaryElementwiseArithmetic*>(&node) ||
      dynamic_cast<const ov::op::util::BinaryElementwiseArithmetic*>(&node))
    return true;
  static constexpr std::string_view types[] = {"MaxPool",
                                               "AvgPool",
                                               "AdaptiveAvgPool",
                                               "AdaptiveMaxPool",
                                               "Interpolate",
                                               "Concat",
                                               "Pad",
                                               "StridedSlice",
                                               "Slice",
                                               "BatchNormInference",
                                               "ReduceMean",
                                               "PRelu",
                                               "Swish",
                                               "Elu",
                                               "HSwish",
                                               "HSigmoid",
                                               "Gelu",
                                               "FakeQuantize",
                                               "MVN",
                                               "NormalizeL2"};
  return std::ranges::find(types, std::string_view(node.get_type_name())) != std::end(types);
}

}  // namespace

std::unordered_set<const ov::Node*> channels_last_nodes(const ov::Model& graph) {
  std::unordered_set<const ov::Node*> found;
  for (const auto& node : graph.get_ordered_ops()) {
    if (node->get_output_size() == 0) continue;
    const ov::Rank rank = node->get_output_partial_shape(0).rank();
    if (rank.is_dynamic() || (rank.get_length() != 4 && rank.get_length() != 5)) continue;
    const ov::OutputVector inputs = node->input_values();
    if (is_convolution(*node) ||
        (keeps_layout(*node) && std::ranges::any_of(inputs, [&](const auto& input) {
           return found.count(input.get_node()) != 0;
         })))
      found.insert(node.get());
  }
  return found;
}

ov::Output<ov::Node> channels_last(const ov::Output<ov::Node>& tensor) {
  std::vector<std::int64_t> order{0};
  const auto rank = tensor.get_partial_shape().rank().get_length();
  for (std::int64_t axis = 2; axis < rank; ++axis) order.push_back(axis);
  order.push_back(1);
  return std::make_shared<ov::op::v1::Transpose>(
      tensor, ov::op::v0::Constant::create(ov::element::i64, {order.size()}, order));
}

}  // namespace octet::statistics
