#include <openvino/runtime/infer_request.hpp>

#include "diagnose/difference.hpp"
#include "diagnose/output_names.hpp"
#include "octet/diagnose.hpp"
#include "runtime/compile.hpp"
#include "runtime/inputs.hpp"

namespace octet {
namespace {

constexpr const char* stage = "diagnose";

/// A compiled model with its request.
class Runner {
 public:
  Runner(const Model& model, const RunOptions& options)
      : graph_(model.graph),
        request_(runtime::compile(model.graph, options).create_infer_request()) {}

  void infer(const Sample& sample, const std::string& where) {
    const std::vector<ov::Tensor> inputs = runtime::bind_inputs(*graph_, sample, where);
    runtime::guarded("run the model", [&] {
      for (std::size_t i = 0; i < inputs.size(); ++i) request_.set_input_tensor(i, inputs[i]);
      request_.infer();
    });
  }
  ov::Tensor output(std::size_t index) { return request_.get_output_tensor(index); }

 private:
  std::shared_ptr<const ov::Model> graph_;
  ov::InferRequest request_;
};

}  // namespace

Comparison compare(const Model& reference, const Model& other, Dataset& data, std::size_t samples,
                   const RunOptions& options) {
  const std::vector<std::string> names = diagnose::output_names(*reference.graph);
  const std::size_t outputs = names.size();
  if (other.graph->get_output_size() != outputs)
    throw Error(ErrorCode::sample_mismatch, stage, "",
                "one model has " + std::to_string(outputs) + " outputs, the other " +
                    std::to_string(other.graph->get_output_size()),
                "Compare a model with what was made of it");
  Runner first(reference, options), second(other, options);
  std::vector<diagnose::Difference> differences(outputs);
  Comparison comparison;
  while (comparison.samples < samples) {
    const std::optional<Sample> sample = data.next();
    if (!sample) break;
    const std::string where = "sample " + std::to_string(comparison.samples);
    first.infer(*sample, where);
    second.infer(*sample, where);
    for (std::size_t i = 0; i < outputs; ++i) {
      const ov::Tensor a = first.output(i), b = second.output(i);
      if (a.get_shape() != b.get_shape())
        throw Error(ErrorCode::sample_mismatch, stage, "output '" + names[i] + "'",
                    "its shape is " + ov::PartialShape(a.get_shape()).to_string() +
                        " in one model, " + ov::PartialShape(b.get_shape()).to_string() +
                        " in the other",
                    "Compare a model with what was made of it");
      differences[i].add(a, b);
    }
    ++comparison.samples;
  }
  if (comparison.samples == 0)
    throw Error(ErrorCode::dataset_empty, stage, data.describe(), "there is no sample",
                "Give at least one");
  for (std::size_t i = 0; i < outputs; ++i)
    comparison.outputs.push_back(differences[i].result(names[i]));
  return comparison;
}

}  // namespace octet
