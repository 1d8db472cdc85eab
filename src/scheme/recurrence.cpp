#include "scheme/recurrence.hpp"

#include <map>
#include <string>

#include "graph/weights.hpp"

namespace octet::scheme {
namespace {

using graph::Graph;
using graph::Op;

constexpr std::size_t fewest_steps = 3;

/// How many of `layers`, which are in topological order, depend on the one before.
std::size_t chained(const Graph& graph, const std::vector<int>& layers) {
  std::size_t count = 0;
  std::vector<char> reached(graph.nodes.size(), 0);
  const auto depends = [&](int node) {
    for (const int edge : graph.in[node])
      if (reached[graph.edges[edge].source]) return true;
    return false;
  };
  std::size_t next = 0;
  for (int node = layers.front(); node <= layers.back(); ++node) {
    reached[node] = depends(node);
    if (next == layers.size() || node != layers[next]) continue;
    count += reached[node] != 0;
    // Only what comes after this layer depends on it.
    std::fill(reached.begin() + layers.front(), reached.begin() + node, 0);
    reached[node] = 1;
    ++next;
  }
  return count;
}

/// Layers that a loop applies again to what they have made.
std::vector<char> looped_layers(const Graph& graph) {
  std::map<std::string, std::vector<int>> by_weight;
  for (int node = 0; node < graph.size(); ++node)
    if (graph::is_class(graph.op[node], graph::op_class::linear) && graph.is_active[node])
      for (const graph::Weight& weight : graph::weights_of(graph, node))
        by_weight[weight.constant].push_back(node);
  std::vector<char> looped(graph.nodes.size(), 0);
  for (const auto& [weight, layers] : by_weight) {
    if (layers.size() < fewest_steps || chained(graph, layers) + 1 < fewest_steps) continue;
    for (const int layer : layers) looped[layer] = 1;
  }
  return looped;
}

/// Operations that hand a state on, value by value.
bool carries_state(Op op) {
  using namespace graph::op_class;
  if (graph::is_class(op, linear | recurrent)) return false;
  const graph::Trait trait = graph::row(op).trait;
  return graph::is_class(op, elementwise | activation) || trait == graph::Trait::agnostic ||
         op == Op::Tanh;
}

}  // namespace

std::vector<char> recurrent_arithmetic(const Graph& graph) {
  const std::vector<char> looped = looped_layers(graph);
  std::vector<char> carries(graph.nodes.size(), 0), result(graph.nodes.size(), 0);
  for (int node = 0; node < graph.size(); ++node) {
    bool reads_state = false;
    for (const int edge : graph.in[node]) {
      const int source = graph.edges[edge].source;
      reads_state |= looped[source] || carries[source];
    }
    carries[node] = reads_state && graph.is_active[node] && carries_state(graph.op[node]);
    result[node] = carries[node] && graph::is_class(graph.op[node], graph::op_class::elementwise);
  }
  return result;
}

}  // namespace octet::scheme
