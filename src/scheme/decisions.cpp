#include "scheme/decisions.hpp"

#include <algorithm>

namespace octet::scheme {
namespace {

using graph::Op;
using graph::Trait;
namespace op_class = graph::op_class;

constexpr std::uint32_t layers = op_class::linear | op_class::activation | op_class::arithmetic |
                                 op_class::elementwise | op_class::batch_norm | op_class::weighted |
                                 op_class::unified | op_class::function;

bool has_arithmetic(Op op) {
  return graph::is_class(op, layers) || graph::row(op).trait == Trait::inputs;
}

bool is_integer(const graph::Graph& graph, int node) {
  const auto inputs = graph.in[node];
  return std::none_of(inputs.begin(), inputs.end(), [&](int edge) {
    return graph.edges[edge].is_float && graph.is_active_edge(edge);
  });
}

}  // namespace

std::vector<LayerDecision> decide(const graph::Graph& graph, const Units& units,
                                  const std::vector<Quantizer>& quantizers,
                                  const std::vector<WeightChoice>& weights) {
  const graph::View& view = units.view;
  const std::vector<char> codes = carries_codes(graph, units, quantizers, weights);
  std::vector<char> has_weight(graph.nodes.size(), 0);
  for (const WeightChoice& weight : weights) has_weight[weight.node] = 1;

  std::vector<LayerDecision> decisions;
  for (int node = 0; node < graph.size(); ++node) {
    if (!graph.is_active[node] || !has_arithmetic(graph.op[node])) continue;
    const int unit = units.unit_of[node];
    const int first = view.nodes[unit].front();
    const auto inputs = view.in[unit];
    const auto wants_codes = [&](int edge) {
      const graph::Edge& read = graph.edges[view.edges[edge].edges[0]];
      return read.is_float && is_quantizable_input(view.op[unit], read.input);
    };
    LayerDecision decision{graph.name(node), graph.nodes[node]->get_type_name(), "float", ""};
    if (!units.ignored[unit].empty()) {
      decision.reason = "ignored: " + units.ignored[unit];
    } else if (view.op[unit] == Op::Embedding) {
      decision.precision = has_weight[first] ? "int8" : "float";
      decision.reason = has_weight[first] ? "weight quantized" : "no constant weight";
    } else if (is_integer(graph, node)) {
      decision.reason = "integer values";
    } else if (view.op[unit] == Op::Parameter) {
      decision.reason = "preparation of an input";
    } else if (units.traits.trait[unit] != Trait::inputs) {
      decision.reason = "op has no integer form";
    } else if (std::all_of(inputs.begin(), inputs.end(),
                           [&](int edge) { return !wants_codes(edge) || codes[edge]; })) {
      decision.precision = "int8";
      decision.reason = "inputs quantized";
    } else {
      decision.reason = "no use in integers: one operand is constant, the rest floating point";
    }
    if (node != first && decision.precision == "int8")
      decision.reason = "fused into '" + graph.name(first) + "'";
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

}  // namespace octet::scheme
