#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace octet::graph {

/// An edge between units: one or more edges of the graph that read the same tensor.
struct UnitEdge {
  int source, output;  ///< unit, and output of its last node
  int target;
  std::vector<int> edges;  ///< of the graph, ascending
};

/// The active part of a graph, with fused operations as one unit each. Units are numbered in
/// topological order.
struct View {
  std::vector<Op> op;                   ///< what the unit counts as
  std::vector<std::vector<int>> nodes;  ///< of the graph, topological; the first one is the entry
  std::vector<UnitEdge> edges;
  Lists in, out;  ///< edges of a unit, in the order of the graph's edges

  int size() const { return static_cast<int>(op.size()); }
};

/// Fills `in` and `out` from `edges`.
void index_edges(View& view);

/// Every active node is its own unit.
View view_of(const Graph& graph);

/// Units that become one.
struct Fusion {
  std::vector<int> units;  ///< ascending
  Op op;                   ///< what the new unit counts as
  bool one_read = false;   ///< several reads of one tensor count as one
};
/// Replaces the units of every fusion by one. Fusions are disjoint, and every path that leaves a
/// fusion leaves it for good.
View fuse(const View& view, const std::vector<Fusion>& fusions);

}  // namespace octet::graph
