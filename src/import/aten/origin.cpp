#include "import/aten/origin.hpp"

#include <algorithm>
#include <unordered_set>

#include "import/aten/ts_graph.hpp"

namespace octet::importer::aten {
namespace {

const std::string& key() {
  static const std::string name = "octet_origin";
  return name;
}

}  // namespace

ov::Any Origin::merge(const ov::NodeVector& nodes) const {
  const Origin* latest = nullptr;
  for (const auto& node : nodes) {
    const Origin* origin = origin_of(*node);
    if (!origin) continue;
    const bool is_later =
        latest && (latest->source == no_source ||
                   (origin->source != no_source && origin->source > latest->source));
    if (!latest || is_later) latest = origin;
  }
  if (!latest) return {};
  return std::make_shared<Origin>(latest->source, latest->weight);
}

void set_origin(const std::shared_ptr<ov::Node>& node, std::size_t source,
                const std::string& weight) {
  auto& info = node->get_rt_info();
  if (!info.contains(key())) info[key()] = std::make_shared<Origin>(source, weight);
}

const Origin* origin_of(const ov::Node& node) {
  const auto& info = node.get_rt_info();
  const auto found = info.find(key());
  if (found == info.end() || !found->second.is<std::shared_ptr<Origin>>()) return nullptr;
  return found->second.as<std::shared_ptr<Origin>>().get();
}

void clear_origin(ov::Node& node) {
  node.get_rt_info().erase(key());
}

void set_origin_between(const ov::OutputVector& inputs, const ov::OutputVector& outputs,
                        std::size_t source) {
  std::unordered_set<const ov::Node*> seen;
  for (const auto& input : inputs) seen.insert(input.get_node());
  std::vector<std::shared_ptr<ov::Node>> pending;
  for (const auto& output : outputs) pending.push_back(output.get_node_shared_ptr());
  while (!pending.empty()) {
    const auto node = pending.back();
    pending.pop_back();
    if (!seen.insert(node.get()).second) continue;
    set_origin(node, source);
    for (const auto& value : node->input_values()) pending.push_back(value.get_node_shared_ptr());
  }
}

}  // namespace octet::importer::aten
