#pragma once

#include <vector>

#include "graph/graph.hpp"
#include "octet/model.hpp"

namespace octet::scheme {

/// What the user should know about a graph before it is quantized: layers inside of control flow,
/// which are left alone, and layers that are quantized already.
std::vector<Diagnostic> find_limits(const graph::Graph& graph, const SourceMap& sources);

}  // namespace octet::scheme
