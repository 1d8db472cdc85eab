#pragma once

#include "octet/model.hpp"

namespace octet::importer {

/// Key, in a model's `rt_info` under "octet", of the table of sources.
inline constexpr const char* sources_key = "sources";

/// Keeps the model's SourceMap in the graph's `rt_info`, from where `load` of a saved IR restores
/// it.
void store_sources(const Model& model);
/// What an earlier `store_sources` kept, for nodes that are still in the graph.
SourceMap stored_sources(const ov::Model& graph);

}  // namespace octet::importer
