#include "statistics/samples.hpp"

#include <algorithm>
#include <cmath>

#include "core/tensor_values.hpp"
#include "runtime/inputs.hpp"
#include "statistics/kernels.hpp"

namespace octet::statistics {
namespace {

bool is_finite(const ov::Tensor& tensor) {
  if (!tensor.get_element_type().is_real() || tensor.get_size() == 0) return true;
  if (tensor.get_element_type() == ov::element::f32)
    return extremes(tensor.data<const float>(), tensor.get_size()).is_finite;
  return std::ranges::all_of(core::values_of(tensor),
                             [](double value) { return std::isfinite(value); });
}

bool has_open_batch(const ov::op::v0::Parameter& parameter) {
  const ov::PartialShape& shape = parameter.get_partial_shape();
  return shape.rank().is_dynamic() || (shape.size() > 0 && shape[0].is_dynamic());
}

}  // namespace

std::optional<BoundSample> next_sample(Dataset& data, const ov::Model& model, std::size_t index) {
  const std::optional<Sample> sample = data.next();
  if (!sample) return std::nullopt;
  BoundSample bound;
  bound.name = "sample " + std::to_string(index);
  bound.inputs = runtime::bind_inputs(model, *sample, bound.name);
  for (std::size_t i = 0; i < bound.inputs.size(); ++i)
    if (!is_finite(bound.inputs[i]))
      throw Error(ErrorCode::sample_not_finite, "data", bound.name,
                  runtime::describe_input(*model.get_parameters()[i]) + " holds NaN or infinity",
                  "Check how the sample is made");
  return bound;
}

std::optional<std::size_t> open_batch(const ov::Model& model, const BoundSample& item) {
  std::optional<std::size_t> batch;
  for (std::size_t i = 0; i < item.inputs.size(); ++i) {
    if (!has_open_batch(*model.get_parameters()[i])) continue;
    const ov::Shape& shape = item.inputs[i].get_shape();
    if (shape.empty() || (batch && *batch != shape[0])) return std::nullopt;
    batch = shape[0];
  }
  return batch;
}

std::optional<std::size_t> fixed_batch(const BoundSample& item) {
  std::optional<std::size_t> batch;
  for (const ov::Tensor& tensor : item.inputs) {
    const ov::Shape& shape = tensor.get_shape();
    if (shape.empty() || (batch && *batch != shape[0])) return std::nullopt;
    batch = shape[0];
  }
  return batch;
}

std::size_t items_for(const ov::Model& model, std::size_t samples) {
  std::size_t batch = 1;
  for (const auto& parameter : model.get_parameters()) {
    const ov::PartialShape& shape = parameter->get_partial_shape();
    if (shape.rank().is_static() && shape.size() > 1 && shape[0].is_static())
      batch = std::max(batch, static_cast<std::size_t>(shape[0].get_length()));
  }
  return std::max<std::size_t>(1, samples / batch);
}

BoundSample rows_of(const ov::Model& model, const BoundSample& item, std::size_t first,
                    std::size_t count) {
  BoundSample result{{}, item.name + ", row " + std::to_string(first)};
  for (std::size_t i = 0; i < item.inputs.size(); ++i) {
    const ov::Tensor& tensor = item.inputs[i];
    if (!has_open_batch(*model.get_parameters()[i])) {
      result.inputs.push_back(tensor);
      continue;
    }
    ov::Coordinate begin(tensor.get_shape().size(), 0), end(tensor.get_shape());
    begin[0] = first;
    end[0] = first + count;
    result.inputs.emplace_back(tensor, begin, end);
  }
  return result;
}

}  // namespace octet::statistics
