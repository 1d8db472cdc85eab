#include "scheme/weight_quantizers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "graph/weights.hpp"

namespace octet::scheme {
namespace {

using graph::Op;

WeightOptions options_of(Op op) {
  if (op == Op::Embedding) return WeightOptions::embedding;
  return graph::is_class(op, graph::op_class::recurrent) ? WeightOptions::recurrent
                                                         : WeightOptions::layer;
}

/// Rows of an embedding whose weight is also that of a layer (a tied language-model head) take the
/// layer's quantizer: the weight is stored once.
void share(std::vector<WeightChoice>& weights, const graph::Graph& graph) {
  using Key = std::tuple<std::string, std::vector<std::size_t>>;
  std::map<Key, SpecList> of_layers;
  for (const WeightChoice& weight : weights)
    if (graph.op[weight.node] != Op::Embedding)
      of_layers.emplace(Key{weight.constant, weight.axes}, weight.specs);
  for (WeightChoice& weight : weights) {
    const auto found = of_layers.find({weight.constant, weight.axes});
    if (found != of_layers.end()) weight.specs = found->second;
  }
}

}  // namespace

std::vector<WeightChoice> find_weights(const graph::Graph& graph, const Units& units,
                                       const Settings& settings) {
  std::vector<WeightChoice> weights;
  for (int unit = 0; unit < units.view.size(); ++unit) {
    const Op op = units.view.op[unit];
    const int node = units.view.nodes[unit].front();
    if (!graph::is_class(op, graph::op_class::weighted) || !units.ignored[unit].empty()) continue;
    for (const graph::Weight& weight : graph::weights_of(graph, node)) {
      SpecList specs = constrain(weight_specs(*settings.target, options_of(op)),
                                 settings.weight_mode, settings.weights);
      if (specs.empty())
        throw Error(ErrorCode::invalid_argument, "scheme", "weights_quantization_params",
                    "target '" + std::string(settings.target->name) + "' has no such weights for " +
                        std::string(graph.nodes[node]->get_type_name()),
                    "Leave bits and granularity unset");
      if (weight.axes.empty())
        for (QuantizerSpec& spec : specs) spec.per_channel = false;
      weights.push_back({node, weight.input, weight.constant, weight.axes, std::move(specs)});
    }
  }
  share(weights, graph);
  return weights;
}

std::vector<char> half_ranges(const graph::Graph& graph, const std::vector<WeightChoice>& weights,
                              OverflowFix fix) {
  std::vector<char> halves(weights.size(), 0);
  if (fix == OverflowFix::disable) return halves;
  std::vector<char> reached(graph.nodes.size(), 1);
  if (fix == OverflowFix::first_layer) {
    // Reached from an input without passing a quantized convolution.
    std::vector<char> stops(graph.nodes.size(), 0);
    for (const WeightChoice& weight : weights)
      stops[weight.node] = graph::is_class(graph.op[weight.node], graph::op_class::convolution);
    for (int node = 0; node < graph.size(); ++node) {
      reached[node] = graph.op[node] == Op::Parameter;
      for (const int edge : graph.in[node]) {
        const int source = graph.edges[edge].source;
        reached[node] |= reached[source] && !stops[source];
      }
    }
  }
  std::set<std::string> constants;
  for (const WeightChoice& weight : weights) {
    const Op op = graph.op[weight.node];
    const bool in_danger = fix == OverflowFix::first_layer
                               ? graph::is_class(op, graph::op_class::convolution)
                               : graph::is_class(op, graph::op_class::unified);
    if (in_danger && reached[weight.node]) constants.insert(weight.constant);
  }
  for (std::size_t i = 0; i < weights.size(); ++i)
    halves[i] = constants.count(weights[i].constant) > 0;
  return halves;
}

}  // namespace octet::scheme
