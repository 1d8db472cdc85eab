#include "scheme/placement.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "scheme/decisions.hpp"
#include "scheme/findings.hpp"
#include "scheme/resolve_options.hpp"
#include "scheme/settle.hpp"
#include "scheme/units.hpp"
#include "scheme/weight_quantizers.hpp"

namespace octet::scheme {
namespace {

using graph::Graph;

void check(const char* name, const QuantizationParameters& parameters) {
  if (parameters.num_bits && *parameters.num_bits != 8)
    throw Error(ErrorCode::unsupported_option, "scheme", std::string(name) + ".num_bits",
                std::to_string(*parameters.num_bits) + " bits are not offered",
                "Use 8, or leave it unset");
}

Settings make_settings(const QuantizeOptions& options) {
  const AdvancedParameters& advanced = options.advanced;
  check("activations_quantization_params", advanced.activations_quantization_params);
  check("weights_quantization_params", advanced.weights_quantization_params);
  return {
      &find_target(options.target_device),
      options.model_type == ModelType::transformer,
      options.preset == Preset::mixed ? QuantizationMode::asymmetric : QuantizationMode::symmetric,
      QuantizationMode::symmetric,
      advanced.quantizer_propagation_rule,
      advanced.quantize_outputs,
      advanced.activations_quantization_params,
      advanced.weights_quantization_params,
      *advanced.overflow_fix};
}

/// A quantizer with the graph's tensor and edges; ordered by them.
struct Place {
  int node, output;
  std::vector<int> edges;
  const Quantizer* quantizer;
};

std::vector<Place> places_of(const Graph& graph, const graph::View& view,
                             const std::vector<Quantizer>& quantizers) {
  std::vector<char> has_own(view.edges.size(), 0);
  for (const Quantizer& quantizer : quantizers)
    if (quantizer.edge >= 0) has_own[quantizer.edge] = 1;
  std::vector<Place> places;
  for (const Quantizer& quantizer : quantizers) {
    std::map<int, std::vector<int>> by_output;
    const auto add = [&](int unit_edge) {
      const std::vector<int>& edges = view.edges[unit_edge].edges;
      std::vector<int>& all = by_output[graph.edges[edges[0]].output];
      all.insert(all.end(), edges.begin(), edges.end());
    };
    int unit = quantizer.unit;
    if (unit >= 0) {
      // A branch with a quantizer of its own reads the tensor itself: quantizing twice loses more.
      for (const int edge : view.out[unit])
        if (!has_own[edge]) add(edge);
    } else {
      add(quantizer.edge);
      unit = view.edges[quantizer.edge].source;
    }
    for (auto& [output, edges] : by_output) {
      std::sort(edges.begin(), edges.end());
      places.push_back({view.nodes[unit].back(), output, std::move(edges), &quantizer});
    }
  }
  const auto key = [](const Place& place) {
    return std::tie(place.node, place.output, place.edges);
  };
  std::sort(places.begin(), places.end(),
            [&](const Place& a, const Place& b) { return key(a) < key(b); });
  return places;
}

std::vector<ActivationQuantizer> name_activations(const Graph& graph, const graph::View& view,
                                                  const std::vector<Quantizer>& quantizers) {
  std::map<int, std::size_t> group_size, group_number;
  const std::vector<Place> places = places_of(graph, view, quantizers);
  for (const Place& place : places)
    if (place.quantizer->group >= 0) ++group_size[place.quantizer->group];

  std::vector<ActivationQuantizer> result;
  std::size_t of_tensor = 0;  // first quantizer of the current tensor
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    ActivationQuantizer quantizer;
    quantizer.tensor = {graph.name(place.node), static_cast<std::size_t>(place.output)};
    quantizer.spec = place.quantizer->specs.front();
    if (quantizer.spec.per_channel) quantizer.axis = 1;
    if (const int group = place.quantizer->group; group >= 0 && group_size[group] > 1)
      quantizer.group = group_number.emplace(group, group_number.size()).first->second;
    for (const int edge : place.edges)
      quantizer.uses.push_back(
          {graph.name(graph.edges[edge].node), static_cast<std::size_t>(graph.edges[edge].input)});
    if (i == 0 || places[i - 1].node != place.node || places[i - 1].output != place.output)
      of_tensor = result.size();
    // Branches that could not meet above, because another one is in floating point, still share a
    // quantizer where theirs are equal.
    const auto equal = std::find_if(
        result.begin() + static_cast<std::ptrdiff_t>(of_tensor), result.end(),
        [&](const auto& q) { return q.spec == quantizer.spec && q.group == quantizer.group; });
    if (equal == result.end())
      result.push_back(std::move(quantizer));
    else
      equal->uses.insert(equal->uses.end(), quantizer.uses.begin(), quantizer.uses.end());
  }
  for (ActivationQuantizer& quantizer : result)
    std::sort(quantizer.uses.begin(), quantizer.uses.end());
  return result;
}

}  // namespace

Placement place(const Model& model, const QuantizeOptions& given) {
  Placement placement;
  const QuantizeOptions options = resolve_options(model, given, false, placement.diagnostics);
  const Settings settings = make_settings(options);
  const Graph graph = graph::flatten(*model.graph);
  for (Diagnostic& diagnostic : find_limits(graph, model.sources))
    placement.diagnostics.push_back(std::move(diagnostic));
  graph::ResolvedScope scope = graph::resolve(options.ignored_scope, graph, model.sources);
  const Units units = make_units(graph, scope, settings);
  if (options.ignored_scope.validate) graph::check(scope);
  for (const graph::ScopeRule& rule : scope.rules) {
    MatchedRule& match =
        placement.rules.emplace_back(MatchedRule{rule.words(), {}, rule.problem, rule.remedy});
    for (const int node : rule.nodes) match.nodes.push_back(graph.name(node));
  }

  std::vector<Quantizer> quantizers = propagate(graph, units.view, units.traits, settings.rule);
  std::vector<WeightChoice> weights = find_weights(graph, units, settings);
  settle(graph, units, settings, quantizers, weights);

  placement.activations = name_activations(graph, units.view, quantizers);
  const std::vector<char> halves = half_ranges(graph, weights, settings.overflow_fix);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    WeightChoice& weight = weights[i];
    const QuantizerSpec& spec = weight.specs.front();
    placement.weights.push_back({{graph.name(weight.node), static_cast<std::size_t>(weight.input)},
                                 weight.constant,
                                 spec,
                                 spec.per_channel ? weight.axes : std::vector<std::size_t>{},
                                 halves[i] != 0});
  }
  placement.layers = decide(graph, units, quantizers, weights);
  return placement;
}

}  // namespace octet::scheme
