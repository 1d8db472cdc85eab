#include "recipe/weighted_op.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {

void apply_edit(Workspace& workspace, const ShiftBias& edit) {
  const std::shared_ptr<ov::Node> node = workspace.node(edit.node);
  const std::optional<WeightedOp> op = weighted_op(*node);
  if (!op)
    workspace.mismatch(edit.node, "it is not a convolution or matmul with a constant weight");
  if (op->output_channels != edit.shift.size())
    workspace.mismatch(edit.node, "the recipe has " + std::to_string(edit.shift.size()) +
                                      " bias values for its " +
                                      std::to_string(op->output_channels) + " channels");
  const Bias bias = find_bias(node, op->rank, op->output_axis, op->output_channels);
  std::vector<double> values(edit.shift.begin(), edit.shift.end());
  if (!bias.add) {
    insert_bias(workspace, node, workspace.free_name(edit.node + "/bias_correction"), op->rank,
                op->output_axis, values);
    return;
  }
  for (std::size_t c = 0; c < values.size(); ++c) values[c] += bias.values[c];
  set_bias(workspace, bias, op->rank, op->output_axis, values);
}

}  // namespace octet::recipe
