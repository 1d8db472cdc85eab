#include "import/unique_names.hpp"

namespace octet::importer {

std::string UniqueNames::take(const std::string& wanted) {
  if (used_.insert(wanted).second) return wanted;
  for (std::size_t& next = next_.try_emplace(wanted, 2).first->second;; ++next) {
    std::string name = wanted + "_" + std::to_string(next);
    if (used_.insert(name).second) return name;
  }
}

void make_names_unique(ov::Model& graph) {
  // All names that are there are kept by their first owner, so that no new name takes one.
  UniqueNames names;
  std::vector<std::shared_ptr<ov::Node>> repeated;
  std::unordered_set<std::string> seen;
  for (const auto& node : graph.get_ordered_ops())
    if (seen.insert(node->get_friendly_name()).second)
      names.take(node->get_friendly_name());
    else
      repeated.push_back(node);
  for (const auto& node : repeated) node->set_friendly_name(names.take(node->get_friendly_name()));
}

}  // namespace octet::importer
