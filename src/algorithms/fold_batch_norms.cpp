#include <openvino/op/batch_norm.hpp>

#include "algorithms/algorithm.hpp"
#include "recipe/batch_norm.hpp"
#include "recipe/workspace.hpp"

namespace octet::algorithms {

std::vector<Edit> fold_batch_norms(const Model& model) {
  // Found on a clone that the edits are applied to one by one: after conv → Multiply is folded, the
  // batch norm behind it follows the convolution.
  recipe::Workspace workspace(model);
  std::vector<Edit> edits;
  for (const auto& node : model.graph->get_ordered_ops()) {
    const std::string& name = node->get_friendly_name();
    const std::optional<recipe::Fold> fold = recipe::find_fold(workspace.node(name));
    if (!fold) continue;
    const FoldBatchNorm edit{name, fold->layer->get_friendly_name()};
    recipe::apply_edit(workspace, edit);
    edits.emplace_back(edit);
  }
  return edits;
}

}  // namespace octet::algorithms
