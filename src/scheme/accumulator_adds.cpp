#include "scheme/accumulator_adds.hpp"

#include <algorithm>

namespace octet::scheme {
namespace {

using graph::Op;

/// A convolution or matmul makes the value, alone or with operations of one input behind it.
bool comes_from_layer(const graph::Graph& graph, int node) {
  while (true) {
    int source = -1;
    for (const int edge : graph.in[node]) {
      if (!graph.is_active_edge(edge)) continue;
      if (source >= 0) return false;
      source = graph.edges[edge].source;
    }
    if (source < 0) return false;
    const Op op = graph.op[source];
    if (op == Op::Convolution || op == Op::MatMul || op == Op::GroupConvolution) return true;
    node = source;
  }
}

std::size_t element_count(const graph::Graph& graph, int node) {
  std::size_t count = 1;
  for (const ov::Dimension& dimension : graph.nodes[node]->get_output_partial_shape(0))
    if (dimension.is_static()) count *= static_cast<std::size_t>(dimension.get_length());
  return count;
}

}  // namespace

void leave_operands_of_adds(const graph::Graph& graph, const Units& units,
                            std::vector<Quantizer>& quantizers) {
  const graph::View& view = units.view;
  std::vector<int> on_unit(view.op.size(), -1);
  for (int i = 0; i < static_cast<int>(quantizers.size()); ++i)
    if (quantizers[i].unit >= 0) on_unit[quantizers[i].unit] = i;
  std::vector<char> gone(quantizers.size(), 0);
  for (int unit = 0; unit < view.size(); ++unit) {
    if (view.op[unit] != Op::Add || view.in[unit].size() != 2) continue;
    int first = view.edges[view.in[unit][1]].source, second = view.edges[view.in[unit][0]].source;
    if (first == second || on_unit[first] < 0 || on_unit[second] < 0) continue;
    if (gone[on_unit[first]] || gone[on_unit[second]]) continue;
    if (view.out[first].size() < view.out[second].size()) std::swap(first, second);
    const int a = view.nodes[first].back(), b = view.nodes[second].back();
    if (view.out[first].size() > 1 && view.out[second].size() == 1)
      gone[on_unit[second]] = 1;
    else if (comes_from_layer(graph, a) && comes_from_layer(graph, b))
      gone[on_unit[element_count(graph, a) >= element_count(graph, b) ? first : second]] = 1;
  }
  std::size_t i = 0;
  std::erase_if(quantizers, [&](const Quantizer&) { return gone[i++] != 0; });
}

}  // namespace octet::scheme
