#include <openvino/runtime/infer_request.hpp>

#include "octet/runtime.hpp"
#include "runtime/compile.hpp"
#include "runtime/inputs.hpp"

namespace octet {

std::vector<ov::Tensor> run(const Model& model, const Sample& sample, const RunOptions& options) {
  const std::vector<ov::Tensor> inputs = runtime::bind_inputs(*model.graph, sample, "the sample");
  ov::CompiledModel compiled = runtime::compile(model.graph, options);
  return runtime::guarded("run the model", [&] {
    ov::InferRequest request = compiled.create_infer_request();
    for (std::size_t i = 0; i < inputs.size(); ++i) request.set_input_tensor(i, inputs[i]);
    request.infer();
    std::vector<ov::Tensor> outputs;
    for (std::size_t i = 0; i < compiled.outputs().size(); ++i)
      outputs.push_back(request.get_output_tensor(i));
    return outputs;
  });
}

}  // namespace octet
