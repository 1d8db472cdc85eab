#include "graph/view.hpp"

#include <algorithm>

namespace octet::graph {

void index_edges(View& view) {
  std::vector<int> sources, targets;
  for (const UnitEdge& edge : view.edges) {
    sources.push_back(edge.source);
    targets.push_back(edge.target);
  }
  view.out = Lists(sources, view.size());
  view.in = Lists(targets, view.size());
}

View view_of(const Graph& graph) {
  View view;
  std::vector<int> unit(graph.nodes.size(), -1);
  for (int node = 0; node < graph.size(); ++node) {
    if (!graph.is_active[node]) continue;
    unit[node] = view.size();
    view.op.push_back(graph.op[node]);
    view.nodes.push_back({node});
  }
  for (int e = 0; e < static_cast<int>(graph.edges.size()); ++e)
    if (graph.is_active_edge(e))
      view.edges.push_back(
          {unit[graph.edges[e].source], graph.edges[e].output, unit[graph.edges[e].node], {e}});
  index_edges(view);
  return view;
}

View fuse(const View& view, const std::vector<Fusion>& fusions) {
  // A fused unit takes the place of its last member: all that it reads comes before that, and all
  // that reads it after.
  std::vector<int> fusion_of(view.op.size(), -1);
  for (int f = 0; f < static_cast<int>(fusions.size()); ++f)
    for (const int unit : fusions[f].units) fusion_of[unit] = f;

  View result;
  std::vector<int> place(view.op.size(), -1);
  for (int unit = 0; unit < view.size(); ++unit) {
    const int f = fusion_of[unit];
    if (f < 0) {
      place[unit] = result.size();
      result.op.push_back(view.op[unit]);
      result.nodes.push_back(view.nodes[unit]);
    } else if (unit == fusions[f].units.back()) {
      std::vector<int> nodes;
      for (const int member : fusions[f].units) {
        place[member] = result.size();
        nodes.insert(nodes.end(), view.nodes[member].begin(), view.nodes[member].end());
      }
      std::sort(nodes.begin(), nodes.end());
      result.op.push_back(fusions[f].op);
      result.nodes.push_back(std::move(nodes));
    }
  }
  std::vector<int> last_read(result.op.size(), -1);
  for (int source = 0; source < view.size(); ++source) {
    for (const int e : view.out[source]) {
      const UnitEdge& edge = view.edges[e];
      const int from = place[edge.source], to = place[edge.target];
      if (from == to) continue;
      const int fusion = fusion_of[edge.target];
      if (fusion >= 0 && fusions[fusion].one_read) {
        const int previous = last_read[to];
        if (previous >= 0 && result.edges[previous].source == from &&
            result.edges[previous].output == edge.output) {
          std::vector<int>& merged = result.edges[previous].edges;
          merged.insert(merged.end(), edge.edges.begin(), edge.edges.end());
          continue;
        }
        last_read[to] = static_cast<int>(result.edges.size());
      }
      result.edges.push_back({from, edge.output, to, edge.edges});
    }
  }
  for (UnitEdge& edge : result.edges) std::sort(edge.edges.begin(), edge.edges.end());
  std::sort(result.edges.begin(), result.edges.end(),
            [](const UnitEdge& a, const UnitEdge& b) { return a.edges[0] < b.edges[0]; });
  index_edges(result);
  return result;
}

}  // namespace octet::graph
