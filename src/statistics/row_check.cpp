#include "statistics/row_check.hpp"

#include <cmath>

#include <openvino/runtime/infer_request.hpp>

#include "core/tensor_values.hpp"
#include "runtime/compile.hpp"

namespace octet::statistics {
namespace {

/// Kernels for several rows may sum in another order; rows that meet differ by far more.
constexpr double largest_difference = 1e-3;

struct Output {
  ov::Shape shape;
  std::vector<double> values;
};

std::vector<Output> outputs_of(ov::CompiledModel& compiled, const BoundSample& sample) {
  ov::InferRequest request = compiled.create_infer_request();
  for (std::size_t i = 0; i < sample.inputs.size(); ++i)
    request.set_input_tensor(i, sample.inputs[i]);
  request.infer();
  std::vector<Output> outputs;
  for (std::size_t i = 0; i < compiled.outputs().size(); ++i) {
    const ov::Tensor tensor = request.get_output_tensor(i);
    outputs.push_back({tensor.get_shape(), core::values_of(tensor)});
  }
  return outputs;
}

/// Whether `both` is `first` with `second` behind it.
bool is_joined(const Output& both, const Output& first, const Output& second) {
  if (both.shape.empty() || first.shape.size() != both.shape.size()) return false;
  ov::Shape joined = first.shape;
  joined[0] += second.shape.at(0);
  if (both.shape != joined || both.values.size() != first.values.size() + second.values.size())
    return false;
  double error = 0, size = 0;
  for (std::size_t i = 0; i < both.values.size(); ++i) {
    const double alone =
        i < first.values.size() ? first.values[i] : second.values[i - first.values.size()];
    if (alone == both.values[i]) continue;  // infinities too
    error += (both.values[i] - alone) * (both.values[i] - alone);
    size += alone * alone;
  }
  return error == 0 || std::sqrt(error / size) <= largest_difference;
}

}  // namespace

bool rows_are_samples(const Model& model, const BoundSample& item, std::size_t threads) {
  RunOptions options;
  options.precision = "f32";
  options.threads = threads;
  ov::CompiledModel compiled = runtime::compile(model.graph, options);
  try {
    const std::vector<Output> both = outputs_of(compiled, rows_of(*model.graph, item, 0, 2)),
                              first = outputs_of(compiled, rows_of(*model.graph, item, 0, 1)),
                              second = outputs_of(compiled, rows_of(*model.graph, item, 1, 1));
    for (std::size_t i = 0; i < both.size(); ++i)
      if (!is_joined(both[i], first[i], second[i])) return false;
  } catch (const ov::Exception&) {
    return false;  // a row cannot be run by itself; if nothing can, running the item says so
  }
  return true;
}

}  // namespace octet::statistics
