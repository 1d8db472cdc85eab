#include "recipe/batch_norm.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {

void apply_edit(Workspace& workspace, const FoldBatchNorm& edit) {
  std::shared_ptr<ov::Node> node = workspace.node(edit.node);
  const std::shared_ptr<ov::Node> layer = workspace.node(edit.into);
  const std::optional<Fold> fold = find_fold(node);
  if (!fold) workspace.mismatch(edit.node, "it cannot be folded into the layer before it");
  if (fold->layer != layer)
    workspace.mismatch(edit.node, "it follows '" + fold->layer->get_friendly_name() +
                                      "' and not '" + edit.into + "' as in the recipe");

  const WeightedOp& op = fold->op;
  scale_weight(workspace, layer, op, op.output_axes, fold->scale);
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
