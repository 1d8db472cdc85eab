#include <openvino/op/convert.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/subtract.hpp>

#include "recipe/channel_blocks.hpp"
#include "recipe/weight_codes.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {
namespace {

using ov::op::v0::Convert;

void check(const Workspace& workspace, const QuantizeWeight& edit, const ConstantPtr& value) {
  const ov::Shape& shape = value->get_shape();
  if (!value->get_element_type().is_real())
    workspace.mismatch(edit.constant, "it holds " + value->get_element_type().get_type_name() +
                                          " and cannot be quantized");
  for (const std::size_t axis : edit.axes)
    if (axis >= shape.size())
      workspace.mismatch(edit.constant,
                         "its shape " + shape.to_string() + " has no axis " + std::to_string(axis));
  if (channel_count(shape, edit.axes) != edit.range.low.size())
    workspace.mismatch(edit.constant, "the recipe has " + std::to_string(edit.range.low.size()) +
                                          " ranges, and its shape " + shape.to_string() + " has " +
                                          std::to_string(channel_count(shape, edit.axes)) +
                                          " channels");
}

/// What makes two quantizations of one weight the same.
std::vector<double> key_of(const QuantizeWeight& edit) {
  std::vector<double> key = {static_cast<double>(edit.range.levels),
                             static_cast<double>(edit.spec.mode)};
  key.insert(key.end(), edit.axes.begin(), edit.axes.end());
  key.insert(key.end(), edit.range.low.begin(), edit.range.low.end());
  key.insert(key.end(), edit.range.high.begin(), edit.range.high.end());
  return key;
}

/// Integers → Convert → [Subtract] → Multiply: what the runtime recognizes as quantized weights.
ov::Output<ov::Node> dequantized(Workspace& workspace, const QuantizeWeight& edit,
                                 const ConstantPtr& value) {
  const ov::Shape& shape = value->get_shape();
  const ov::element::Type type = value->get_element_type();
  const FloatView values(value);
  const WeightCodes codes = quantize_weight(values.data(), shape, edit.axes, edit.spec, edit.range);
  ov::Shape scale_shape(edit.axes.empty() ? 0 : shape.size(), 1);
  for (const std::size_t axis : edit.axes) scale_shape[axis] = shape[axis];

  const auto add = [&](auto node, const char* suffix) {
    return workspace.add(node, workspace.free_name(edit.name + suffix));
  };
  const auto integers =
      add(std::make_shared<ov::op::v0::Constant>(codes.type, shape, codes.data.data()), "/int8");
  ov::Output<ov::Node> result = add(std::make_shared<Convert>(integers, type), "/convert");
  if (!codes.zero_point.empty()) {
    const auto zero = add(make_constant(codes.type, scale_shape, codes.zero_point), "/zero_point");
    const auto zero_converted = add(std::make_shared<Convert>(zero, type), "/zero_point_convert");
    result = add(std::make_shared<ov::op::v1::Subtract>(result, zero_converted), "/subtract");
  }
  const auto scale = add(make_constant(type, scale_shape, codes.scale), "/scale");
  return workspace.add(std::make_shared<ov::op::v1::Multiply>(result, scale), edit.name);
}

}  // namespace

void apply_edit(Workspace& workspace, const QuantizeWeight& edit) {
  ov::Input<ov::Node> use = workspace.input(edit.use);
  const ov::Output<ov::Node> weight = use.get_source_output();
  const ConstantPtr constant = source_constant(weight);
  // A chain of Convert, Reshape or Transpose before the use is folded: the integers take its
  // result's shape, and nothing is left to do when the model is loaded.
  const ConstantPtr value = constant ? constant_value(weight) : nullptr;
  if (!value)
    workspace.mismatch(edit.use.node,
                       "its input " + std::to_string(edit.use.input) + " is not a constant");
  if (constant->get_friendly_name() != edit.constant)
    workspace.mismatch(edit.use.node, "its input " + std::to_string(edit.use.input) +
                                          " comes from '" + constant->get_friendly_name() +
                                          "' and not from '" + edit.constant +
                                          "' as in the recipe");
  check(workspace, edit, value);
  ov::Output<ov::Node>& made =
      workspace.made[{weight.get_node_shared_ptr(), weight.get_index(), "quantize", key_of(edit)}];
  if (!made.get_node_shared_ptr()) made = dequantized(workspace, edit, value);
  use.replace_source_output(made);
}

}  // namespace octet::recipe
