#include "recipe/batch_norm.hpp"
#include "recipe/channel_blocks.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {
namespace {

/// W' = W·s along the output channels, computed in f64. A weight that several layers share, and
/// that is scaled alike in all, stays shared.
void scale_weight(Workspace& workspace, const std::shared_ptr<ov::Node>& layer,
                  const WeightedOp& op, const std::vector<double>& scale) {
  const ov::Output<ov::Node> weight = layer->input_value(op.weight_port);
  ov::Output<ov::Node>& made =
      workspace.made[{weight.get_node_shared_ptr(), weight.get_index(), scale}];
  if (!made.get_node_shared_ptr()) {
    const ConstantPtr old = constant_value(weight);
    const FloatView values(old);
    std::vector<float> scaled(values.size());
    for_each_block(old->get_shape(), op.output_axes,
                   [&](std::size_t first, std::size_t size, std::size_t channel) {
                     for (std::size_t i = first; i < first + size; ++i)
                       scaled[i] = static_cast<float>(values[i] * scale[channel]);
                   });
    std::string name = source_constant(weight)->get_friendly_name();
    if (used_once(weight))
      workspace.forget(name);
    else
      name = workspace.free_name(layer->get_friendly_name() + "/weight");
    made = workspace.add(make_constant(weight.get_element_type(), old->get_shape(), scaled), name);
  }
  layer->input(op.weight_port).replace_source_output(made);
}

}  // namespace

void apply_edit(Workspace& workspace, const FoldBatchNorm& edit) {
  std::shared_ptr<ov::Node> node = workspace.node(edit.node);
  const std::shared_ptr<ov::Node> layer = workspace.node(edit.into);
  const std::optional<Fold> fold = find_fold(node);
  if (!fold) workspace.mismatch(edit.node, "it cannot be folded into the layer before it");
  if (fold->layer != layer)
    workspace.mismatch(edit.node, "it follows '" + fold->layer->get_friendly_name() +
                                      "' and not '" + edit.into + "' as in the recipe");

  const WeightedOp& op = fold->op;
  scale_weight(workspace, layer, op, fold->scale);
  std::vector<double> bias = fold->shift;
  const Bias old = find_bias(layer, op.rank, op.output_axis, op.output_channels);
  for (std::size_t c = 0; old.add && c < bias.size(); ++c)
    bias[c] += old.values[c] * fold->scale[c];

  workspace.forget(edit.node);
  const ov::Output<ov::Node> last = old.add ? old.add->output(0) : layer->output(0);
  workspace.replace(node->output(0), last);
  node.reset();  // it would count as a consumer
  if (!old.add) {
    if (fold->has_shift) insert_bias(workspace, layer, edit.node, op.rank, op.output_axis, bias);
    return;
  }
  set_bias(workspace, old, op.rank, op.output_axis, bias);
  // conv → Add → Multiply → Add has become conv → Add → Add: one bias is enough.
  const Bias next = find_bias(old.add, op.rank, op.output_axis, op.output_channels);
  if (!next.add) return;
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] += next.values[c];
  set_bias(workspace, next, op.rank, op.output_axis, bias);
  workspace.forget(old.add->get_friendly_name());
  workspace.forget(old.add->get_input_node_ptr(old.port)->get_friendly_name());
  workspace.replace(old.add->output(0), layer->output(0));
}

}  // namespace octet::recipe
