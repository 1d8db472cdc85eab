#include "import/stored_sources.hpp"

namespace octet::importer {
void store_sources(const Model& model) {
  if (!model.sources.empty())
    model.graph->set_rt_info(model.sources.to_json(), "octet", sources_key);
}

SourceMap stored_sources(const ov::Model& graph) {
  if (!graph.has_rt_info("octet", sources_key)) return {};
  const auto stored = SourceMap::from_json(graph.get_rt_info<std::string>("octet", sources_key));
  SourceMap sources;
  for (const auto& node : graph.get_ordered_ops())
    if (const SourceInfo* info = stored.find(node->get_friendly_name()))
      sources.set(node->get_friendly_name(), *info);
  return sources;
}

}  // namespace octet::importer
