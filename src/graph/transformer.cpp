#include "graph/transformer.hpp"

#include <vector>

#include "graph/graph.hpp"

namespace octet::graph {
namespace {

bool is_dynamic_matmul(const Graph& graph, int node) {
  if (graph.op[node] != Op::MatMul) return false;
  for (const int edge : graph.in[node])
    if (graph.is_constant[graph.edges[edge].source]) return false;
  return true;
}

/// What may stand between the matmuls and the softmax of an attention: scales, masks, changes of
/// shape.
bool is_between(Op op) {
  const Trait trait = row(op).trait;
  return trait == Trait::agnostic || is_class(op, op_class::arithmetic) || op == Op::Select ||
         op == Op::Convert || op == Op::Slice || op == Op::Concat || op == Op::Clamp;
}

/// ReduceMean → Add → Sqrt or Power: the divisor of a normalization.
bool is_spelled_normalization(const Graph& graph, int node) {
  if (graph.op[node] != Op::ReduceMean) return false;
  for (const int e : graph.out[node]) {
    const int add = graph.edges[e].node;
    if (graph.op[add] != Op::Add) continue;
    for (const int f : graph.out[add]) {
      const Op op = graph.op[graph.edges[f].node];
      if (op == Op::Sqrt || op == Op::Power) return true;
    }
  }
  return false;
}

}  // namespace

TransformerEvidence find_transformer(const ov::Model& model) {
  const Graph graph = flatten(model);
  TransformerEvidence evidence;
  std::vector<char> after_matmul(graph.nodes.size(), 0), before_matmul(graph.nodes.size(), 0);
  for (int node = 0; node < graph.size(); ++node) {
    for (const int e : graph.in[node]) {
      const int source = graph.edges[e].source;
      after_matmul[node] |= is_dynamic_matmul(graph, source) ||
                            (is_between(graph.op[source]) && after_matmul[source]);
    }
  }
  for (int node = graph.size() - 1; node >= 0; --node) {
    for (const int e : graph.out[node]) {
      const int reader = graph.edges[e].node;
      before_matmul[node] |= is_dynamic_matmul(graph, reader) ||
                             (is_between(graph.op[reader]) && before_matmul[reader]);
    }
  }
  for (int node = 0; node < graph.size(); ++node) {
    const Op op = graph.op[node];
    evidence.attentions += op == Op::ScaledDotProductAttention ||
                           (op == Op::Softmax && after_matmul[node] && before_matmul[node]);
    evidence.normalizations += op == Op::MVN || is_spelled_normalization(graph, node);
  }
  return evidence;
}

}  // namespace octet::graph
