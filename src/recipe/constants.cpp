#include "recipe/constants.hpp"

#include <openvino/core/type.hpp>

#include "recipe/channel_blocks.hpp"

namespace octet::recipe {
namespace {

/// A weight's chain is a few nodes long. The bound keeps a search that starts at an activation from
/// walking up the whole network.
constexpr int longest_chain = 12;

ConstantPtr evaluate(const ov::Output<ov::Node>& output, int depth) {
  const std::shared_ptr<ov::Node> node = output.get_node_shared_ptr();
  if (auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node)) return constant;
  if (depth == 0 || node->get_input_size() == 0) return nullptr;
  ov::OutputVector inputs;
  for (const ov::Output<ov::Node>& input : node->input_values()) {
    const ConstantPtr value = evaluate(input, depth - 1);
    if (!value) return nullptr;
    inputs.push_back(value);
  }
  ov::OutputVector values(node->get_output_size());
  // The node alone is evaluated, on a copy: folding in place would touch the caller's graph.
  const std::shared_ptr<ov::Node> copy = node->clone_with_new_inputs(inputs);
  if (!copy->constant_fold(values, inputs)) return nullptr;
  return ov::as_type_ptr<ov::op::v0::Constant>(values[output.get_index()].get_node_shared_ptr());
}

}  // namespace

ConstantPtr constant_value(const ov::Output<ov::Node>& output) {
  return evaluate(output, longest_chain);
}

ConstantPtr source_constant(const ov::Output<ov::Node>& output) {
  std::shared_ptr<ov::Node> node = output.get_node_shared_ptr();
  for (int depth = 0; depth <= longest_chain; ++depth) {
    if (auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node)) return constant;
    if (node->get_input_size() == 0) return nullptr;
    node = node->get_input_node_shared_ptr(0);
  }
  return nullptr;
}

bool used_once(const ov::Output<ov::Node>& output) {
  ov::Output<ov::Node> place = output;
  while (place.get_target_inputs().size() == 1) {
    const std::shared_ptr<ov::Node> node = place.get_node_shared_ptr();
    if (node->get_input_size() == 0) return true;
    place = node->input_value(0);
  }
  return false;
}

FloatView::FloatView(const ConstantPtr& constant)
    : constant_(constant), size_(ov::shape_size(constant->get_shape())) {
  if (constant->get_element_type() != ov::element::f32) copy_ = constant->cast_vector<float>();
  data_ = copy_.empty() && size_ != 0 ? constant->get_data_ptr<float>() : copy_.data();
}

std::vector<float> scaled(const FloatView& weight, const ov::Shape& shape,
                          const std::vector<std::size_t>& axes, const std::vector<double>& scale) {
  std::vector<float> result(weight.size());
  for_each_block(shape, axes, [&](std::size_t first, std::size_t size, std::size_t channel) {
    for (std::size_t i = first; i < first + size; ++i)
      result[i] = static_cast<float>(weight[i] * scale[channel]);
  });
  return result;
}

std::optional<std::vector<double>> per_channel(const ConstantPtr& constant, std::size_t rank,
                                               std::size_t axis, std::size_t channels) {
  const ov::Shape& shape = constant->get_shape();
  if (shape.size() > rank || !constant->get_element_type().is_real()) return std::nullopt;
  const std::size_t missing = rank - shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool is_channel = i + missing == axis && shape[i] == channels;
    if (shape[i] != 1 && !is_channel) return std::nullopt;
  }
  std::vector<double> values = constant->cast_vector<double>();
  if (values.size() == 1) values.assign(channels, values[0]);
  if (values.size() != channels) return std::nullopt;
  return values;
}

ov::Shape channel_shape(std::size_t rank, std::size_t axis, std::size_t channels) {
  ov::Shape shape(rank, 1);
  shape.at(axis) = channels;
  return shape;
}

}  // namespace octet::recipe
