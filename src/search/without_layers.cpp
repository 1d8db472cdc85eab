#include "search/without_layers.hpp"

#include <algorithm>
#include <unordered_map>

#include "graph/op_table.hpp"

namespace octet::search {
namespace {

bool is_mover(const ov::Node& node) {
  const graph::Trait trait = graph::row(graph::find_op(node.get_type_name())).trait;
  return trait == graph::Trait::agnostic || trait == graph::Trait::concat;
}

/// Tells whether the layers that read a value, through operations that move it, are all in a list.
class Readers {
 public:
  Readers(const ov::Model& graph, const std::set<std::string>& layers) : layers_(layers) {
    for (const auto& node : graph.get_ordered_ops())
      nodes_.emplace(node->get_friendly_name(), node.get());
  }
  bool is_for_the_list(const std::string& name) {
    if (layers_.count(name) != 0) return true;
    const auto found = nodes_.find(name);
    if (found == nodes_.end() || !is_mover(*found->second)) return false;
    const auto [known, is_new] = known_.emplace(name, true);
    if (!is_new) return known->second;
    bool all = true;
    for (const auto& output : found->second->outputs())
      for (const auto& use : output.get_target_inputs())
        all = all && is_for_the_list(use.get_node()->get_friendly_name());
    return known_[name] = all;
  }

 private:
  const std::set<std::string>& layers_;
  std::unordered_map<std::string, const ov::Node*> nodes_;
  std::unordered_map<std::string, bool> known_;
};

}  // namespace

std::vector<Edit> without_layers(const ov::Model& graph, const std::vector<Edit>& edits,
                                 const std::set<std::string>& layers) {
  Readers readers(graph, layers);
  std::vector<Edit> kept;
  for (const Edit& any : edits) {
    if (const auto* weight = std::get_if<QuantizeWeight>(&any)) {
      if (layers.count(weight->use.node) != 0) continue;
    } else if (const auto* shift = std::get_if<ShiftBias>(&any)) {
      if (layers.count(shift->node) != 0) continue;
    } else if (const auto* activation = std::get_if<QuantizeActivation>(&any)) {
      QuantizeActivation fewer = *activation;
      std::erase_if(fewer.uses,
                    [&](const UseRef& use) { return readers.is_for_the_list(use.node); });
      if (!fewer.uses.empty()) kept.emplace_back(std::move(fewer));
      continue;
    }
    kept.push_back(any);
  }
  return kept;
}

}  // namespace octet::search
