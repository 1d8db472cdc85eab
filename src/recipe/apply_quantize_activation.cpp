#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/result.hpp>

#include "recipe/workspace.hpp"

namespace octet::recipe {
namespace {

ov::Shape range_shape(const Workspace& workspace, const QuantizeActivation& edit,
                      const ov::Output<ov::Node>& tensor) {
  const std::size_t channels = edit.range.low.size();
  if (!edit.axis) {
    if (channels != 1)
      workspace.mismatch(edit.tensor.node, "quantizer '" + edit.name + "' has " +
                                               std::to_string(channels) + " ranges and no axis");
    return {};
  }
  const ov::PartialShape& shape = tensor.get_partial_shape();
  if (shape.rank().is_dynamic() || *edit.axis >= shape.size() ||
      !shape[*edit.axis].compatible(ov::Dimension(static_cast<std::int64_t>(channels))))
    workspace.mismatch(edit.tensor.node, "quantizer '" + edit.name + "' has " +
                                             std::to_string(channels) + " ranges along axis " +
                                             std::to_string(*edit.axis) +
                                             ", which do not fit the shape " + shape.to_string());
  return channel_shape(shape.size(), *edit.axis, channels);
}

}  // namespace

void apply_edit(Workspace& workspace, const QuantizeActivation& edit) {
  const ov::Output<ov::Node> tensor = workspace.output(edit.tensor);
  const ov::element::Type type = tensor.get_element_type();
  if (!type.is_real())
    workspace.mismatch(edit.tensor.node,
                       "it holds " + type.get_type_name() + " and cannot be quantized");
  const ov::Shape shape = range_shape(workspace, edit, tensor);
  std::vector<ov::Input<ov::Node>> uses;
  for (const UseRef& use : edit.uses) {
    uses.push_back(workspace.input(use));
    if (uses.back().get_source_output() != tensor)
      workspace.mismatch(use.node, "its input " + std::to_string(use.input) + " is not '" +
                                       edit.tensor.node + "' as in the recipe");
  }

  const auto end = [&](const char* which, const std::vector<float>& values) {
    return workspace.add(make_constant(type, shape, values), edit.name + which);
  };
  const auto quantizer =
      workspace.add(std::make_shared<ov::op::v0::FakeQuantize>(
                        tensor, end("/input_low", edit.range.low),
                        end("/input_high", edit.range.high), end("/output_low", edit.range.low),
                        end("/output_high", edit.range.high), edit.range.levels),
                    edit.name);
  for (ov::Input<ov::Node>& use : uses) {
    use.replace_source_output(quantizer);
    if (!ov::is_type<ov::op::v0::Result>(use.get_node())) continue;
    // The model's output keeps the name that the user knows.
    ov::Output<ov::Node> source = tensor;
    const std::unordered_set<std::string> names = source.get_names();
    source.set_names({});
    quantizer->output(0).add_names(names);
  }
}

}  // namespace octet::recipe
