#include <algorithm>
#include <openvino/op/multiply.hpp>

#include "recipe/absorber.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {
namespace {

void check(const Workspace& workspace, const ScaleChannels& edit,
           const ov::Output<ov::Node>& tensor) {
  const ov::PartialShape& shape = tensor.get_partial_shape();
  const auto channels = static_cast<std::int64_t>(edit.scale.size());
  if (shape.rank().is_dynamic() || edit.axis >= shape.size() ||
      !shape[edit.axis].compatible(ov::Dimension(channels)))
    workspace.mismatch(edit.tensor.node, "the recipe has " + std::to_string(channels) +
                                             " scales along axis " + std::to_string(edit.axis) +
                                             ", which do not fit the shape " + shape.to_string());
  for (const UseRef& use : edit.uses) {
    const ov::Input<ov::Node> input = workspace.input(use);
    const std::optional<WeightedOp> op = weighted_op(*input.get_node());
    if (input.get_source_output() != tensor)
      workspace.mismatch(use.node, "its input " + std::to_string(use.input) + " is not '" +
                                       edit.tensor.node + "' as in the recipe");
    if (!op || op->data_port != use.input || op->data_axis != edit.axis ||
        op->input_channels != edit.scale.size())
      workspace.mismatch(
          use.node, "it has no constant weight of " + std::to_string(channels) + " input channels");
  }
}

void divide(Workspace& workspace, const std::shared_ptr<ov::Node>& node, std::size_t port,
            const ScaleChannels& edit) {
  const std::size_t rank = node->get_output_partial_shape(0).size();
  const std::size_t channels = edit.scale.size();
  std::vector<double> values =
      per_channel(constant_value(node->input_value(port)), rank, edit.axis, channels).value();
  for (std::size_t c = 0; c < channels; ++c) values[c] /= edit.scale[c];
  replace_constant(workspace, node, port, channel_shape(rank, edit.axis, channels), values);
}

void divide_layer(Workspace& workspace, const Absorber& absorber, const ScaleChannels& edit) {
  const WeightedOp& op = *absorber.op;
  std::vector<double> factors;
  for (const float scale : edit.scale) factors.push_back(1.0 / scale);
  scale_weight(workspace, absorber.layer, op, op.output_axes, factors);
  const Bias bias = find_bias(absorber.layer, op.rank, op.output_axis, op.output_channels);
  if (!bias.add) return;
  std::vector<double> values = bias.values;
  for (std::size_t c = 0; c < values.size(); ++c) values[c] *= factors[c];
  set_bias(workspace, bias, op.rank, op.output_axis, values);
}

void divide_maker(Workspace& workspace, const ScaleChannels& edit,
                  const ov::Output<ov::Node>& tensor) {
  const std::optional<Absorber> absorber = find_absorber(tensor, edit.axis, edit.scale.size());
  if (!absorber || tensor.get_target_inputs().size() != edit.uses.size())
    workspace.mismatch(edit.tensor.node,
                       "the scales cannot go into it: it is no normalization or layer that only "
                       "the listed layers read");
  if (absorber->layer) return divide_layer(workspace, *absorber, edit);
  divide(workspace, absorber->gamma, absorber->gamma_port, edit);
  if (absorber->beta) divide(workspace, absorber->beta, absorber->beta_port, edit);
}

void insert_multiplication(Workspace& workspace, const ScaleChannels& edit,
                           const ov::Output<ov::Node>& tensor) {
  std::vector<double> factors;
  for (const float scale : edit.scale) factors.push_back(1.0 / scale);
  const auto factor = workspace.add(
      make_constant(tensor.get_element_type(),
                    channel_shape(tensor.get_partial_shape().size(), edit.axis, factors.size()),
                    factors),
      workspace.free_name(edit.name + "/factor"));
  const auto product =
      workspace.add(std::make_shared<ov::op::v1::Multiply>(tensor, factor), edit.name);
  for (const UseRef& use : edit.uses) workspace.input(use).replace_source_output(product);
}

}  // namespace

void apply_edit(Workspace& workspace, const ScaleChannels& edit) {
  const ov::Output<ov::Node> tensor = workspace.output(edit.tensor);
  check(workspace, edit, tensor);
  const bool is_identity =
      std::all_of(edit.scale.begin(), edit.scale.end(), [](float scale) { return scale == 1; });
  if (!edit.name.empty())
    insert_multiplication(workspace, edit, tensor);
  else if (!is_identity)
    divide_maker(workspace, edit, tensor);
  if (is_identity) return;
  const std::vector<double> scale(edit.scale.begin(), edit.scale.end());
  for (const UseRef& use : edit.uses) {
    const std::shared_ptr<ov::Node>& layer = workspace.node(use.node);
    const WeightedOp op = weighted_op(*layer).value();
    scale_weight(workspace, layer, op, op.input_axes, scale);
  }
}

}  // namespace octet::recipe
