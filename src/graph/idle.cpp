#include "graph/idle.hpp"

#include <algorithm>

#include <openvino/op/constant.hpp>

namespace octet::graph {
namespace {

/// Shapes that are equal whatever their dynamic dimensions turn out to be. Where the number of
/// elements is kept, one unknown dimension follows from the others.
bool is_same_shape(const ov::PartialShape& a, const ov::PartialShape& b, bool keeps_count) {
  if (a.rank().is_dynamic() || b.rank().is_dynamic() || a.size() != b.size()) return false;
  int unknown = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].is_dynamic() && b[i].is_dynamic())
      ++unknown;
    else if (a[i] != b[i])
      return false;
  }
  return unknown == 0 || (keeps_count && unknown == 1);
}

bool is_ones(const ov::Node& node) {
  const auto* constant = dynamic_cast<const ov::op::v0::Constant*>(&node);
  if (!constant || !constant->get_element_type().is_integral_number()) return false;
  const std::vector<std::int64_t> values = constant->cast_vector<std::int64_t>();
  return std::all_of(values.begin(), values.end(), [](std::int64_t value) { return value == 1; });
}

bool is_idle_node(Op op, const ov::Node& node) {
  switch (op) {
    case Op::Convert:
    case Op::ConvertLike:
      return node.get_input_element_type(0) == node.get_output_element_type(0);
    case Op::Reshape:
      return is_same_shape(node.get_input_partial_shape(0), node.get_output_partial_shape(0), true);
    case Op::Broadcast:
      return is_same_shape(node.get_input_partial_shape(0), node.get_output_partial_shape(0),
                           false);
    case Op::Tile:
      return is_same_shape(node.get_input_partial_shape(0), node.get_output_partial_shape(0),
                           false) ||
             is_ones(*node.get_input_node_ptr(1));
    default:
      return false;
  }
}

/// The unit whose value comes out of idle `unit`.
int origin(const View& view, const std::vector<char>& is_idle, int unit) {
  while (is_idle[unit]) unit = view.edges[view.in[unit][0]].source;
  return unit;
}

}  // namespace

std::vector<char> find_idle(const Graph& graph, const View& view) {
  std::vector<char> is_idle(view.op.size(), 0);
  for (int unit = 0; unit < view.size(); ++unit) {
    if (view.nodes[unit].size() != 1 || view.in[unit].size() != 1) continue;
    is_idle[unit] = is_idle_node(view.op[unit], *graph.nodes[view.nodes[unit].front()]);
  }
  return is_idle;
}

View without_idle(const View& view, const std::vector<char>& is_idle) {
  View result;
  result.op = view.op;
  result.nodes = view.nodes;
  for (const UnitEdge& edge : view.edges) {
    if (is_idle[edge.target]) continue;
    UnitEdge direct = edge;
    while (is_idle[direct.source]) {
      const UnitEdge& above = view.edges[view.in[direct.source][0]];
      direct.source = above.source;
      direct.output = above.output;
    }
    result.edges.push_back(std::move(direct));
  }
  index_edges(result);
  return result;
}

void include_idle(const View& view, const std::vector<char>& is_idle,
                  std::vector<Fusion>& fusions) {
  for (Fusion& fusion : fusions) {
    const std::vector<int> members = fusion.units;
    for (const int member : members) {
      for (const int edge : view.in[member]) {
        int unit = view.edges[edge].source;
        if (!is_idle[unit] ||
            !std::binary_search(members.begin(), members.end(), origin(view, is_idle, unit)))
          continue;
        for (; is_idle[unit]; unit = view.edges[view.in[unit][0]].source)
          fusion.units.push_back(unit);
      }
    }
    std::sort(fusion.units.begin(), fusion.units.end());
    fusion.units.erase(std::unique(fusion.units.begin(), fusion.units.end()), fusion.units.end());
  }
}

}  // namespace octet::graph
