#include "scheme/units.hpp"

#include <algorithm>

#include <openvino/op/gru_sequence.hpp>

#include "graph/idle.hpp"
#include "graph/patterns.hpp"
#include "graph/weights.hpp"
#include "scheme/post_processing.hpp"
#include "scheme/recurrence.hpp"

namespace octet::scheme {
namespace {

using graph::Graph;
using graph::Op;
using graph::Trait;
using graph::View;

/// Finds `patterns` through operations that do nothing. `op_of` says what a match becomes.
template <typename OpOf>
std::vector<graph::Fusion> find_fusions(const Graph& graph, const View& view,
                                        const std::vector<graph::Pattern>& patterns,
                                        const OpOf& op_of) {
  const std::vector<char> is_idle = graph::find_idle(graph, view);
  std::vector<graph::Fusion> fusions;
  for (graph::Match& match : graph::find_matches(graph::without_idle(view, is_idle), patterns)) {
    const Op op = op_of(match);
    fusions.push_back({std::move(match.units), op, false});
  }
  graph::include_idle(view, is_idle, fusions);
  return fusions;
}

/// Puts together activation functions that the source wrote as several operations.
View with_composites(const Graph& graph) {
  std::vector<graph::Pattern> patterns;
  for (const graph::Composite& row : graph::composite_patterns()) patterns.push_back(row.pattern);
  View view = graph::view_of(graph);
  while (true) {
    std::vector<graph::Fusion> fusions = find_fusions(
        graph, view, patterns,
        [&](const graph::Match& match) { return graph::composite_patterns()[match.pattern].op; });
    if (fusions.empty()) return view;
    for (graph::Fusion& fusion : fusions) fusion.one_read = true;
    view = graph::fuse(view, fusions);
  }
}

View with_fusions(const Graph& graph, const View& view, const Target& target) {
  return graph::fuse(
      view, find_fusions(graph, view, graph::fused_patterns(target.fuses_elementwise),
                         [&](const graph::Match& match) { return view.op[match.units.front()]; }));
}

/// Marks the nodes of patterns that stay in floating point, with the pattern's name.
void ignore_patterns(const Graph& graph, const View& all, const Settings& settings,
                     std::vector<std::string>& reasons) {
  const View view = graph::without_idle(all, graph::find_idle(graph, all));
  std::vector<graph::Pattern> patterns;
  for (const graph::IgnoredPattern& row : graph::ignored_patterns()) {
    if (row.transformer_only && !settings.is_transformer) continue;
    if (row.is_optional && !settings.target->float_attention_output) continue;
    patterns.push_back(row.pattern);
  }
  for (const graph::Match& match : graph::find_matches(view, patterns))
    for (const int unit : match.units)
      for (const int node : view.nodes[unit])
        reasons[node] = "pattern " + patterns[match.pattern].name;
}

/// Arithmetic that a transformer is too sensitive to have in integers.
bool is_float_in_transformer(Op op, const Target& target) {
  if (op == Op::Multiply) return target.float_multiply_in_transformer;
  return graph::is_class(op, graph::op_class::float_in_transformer);
}

/// One list a row of the target's table; the default for operations that it does not list.
std::vector<SpecList> make_lists(const Settings& settings) {
  using graph::Options;
  std::vector<SpecList> lists;
  for (int row = 0; row <= static_cast<int>(Options::unlisted); ++row) {
    const auto options = static_cast<Options>(row);
    QuantizationParameters parameters = settings.activations;
    // Attention has symmetric quantizers only, whatever the preset.
    if (options == Options::attention) parameters.mode = QuantizationMode::symmetric;
    SpecList list = constrain(activation_specs(*settings.target, options), settings.activation_mode,
                              parameters);
    if (options == Options::unlisted)
      list = {default_spec(settings.activation_mode, settings.activations)};
    if (list.empty())
      throw Error(ErrorCode::invalid_argument, "scheme", "activations_quantization_params",
                  "target '" + std::string(settings.target->name) + "' has no such quantizers",
                  "Leave bits and granularity unset");
    lists.push_back(std::move(list));
  }
  return lists;
}

bool resets_after_matmul(const ov::Node& node) {
  const auto* gru = dynamic_cast<const ov::op::v5::GRUSequence*>(&node);
  return gru && gru->get_linear_before_reset();
}

/// A rule that touches only what never has quantizers of its own is a mistake of the user's.
void find_useless_rules(const Graph& graph, const Units& units, graph::ResolvedScope& scope) {
  for (graph::ScopeRule& rule : scope.rules) {
    std::string fused_into;
    const bool has_effect = std::any_of(rule.nodes.begin(), rule.nodes.end(), [&](int node) {
      const int unit = units.unit_of[node];
      if (unit < 0 || graph::row(units.view.op[unit]).trait == Trait::none) return false;
      const int first = units.view.nodes[unit].front();
      if (first != node) fused_into = graph.name(first);
      return first == node;
    });
    if (has_effect || !rule.problem.empty()) continue;
    rule.problem = fused_into.empty() ? "it covers nothing that would be quantized"
                                      : "all that it covers is fused into other operations";
    rule.remedy = fused_into.empty() ? "Leave it out, or set validate=false"
                                     : "Name the operation that begins it: '" + fused_into + "'";
  }
}

}  // namespace

Units make_units(const Graph& graph, graph::ResolvedScope& scope, const Settings& settings) {
  Units units;
  const View view = with_composites(graph);
  std::vector<std::string> reasons(graph.nodes.size());
  ignore_patterns(graph, view, settings, reasons);
  const std::vector<char> recurrent = recurrent_arithmetic(graph);
  for (int node = 0; node < graph.size(); ++node) {
    if (recurrent[node]) reasons[node] = "arithmetic on the state of a recurrent cell";
    if (resets_after_matmul(*graph.nodes[node])) reasons[node] = "GRU that resets after its matmul";
    if (scope.rule_of[node] >= 0) reasons[node] = scope.rules[scope.rule_of[node]].words();
  }

  units.view = with_fusions(graph, view, *settings.target);
  const int count = units.view.size();
  units.unit_of.assign(graph.nodes.size(), -1);
  units.ignored.resize(count);
  for (int unit = 0; unit < count; ++unit) {
    for (const int node : units.view.nodes[unit]) units.unit_of[node] = unit;
    // A unit is its first operation: what is fused behind that goes where it goes.
    units.ignored[unit] = reasons[units.view.nodes[unit].front()];
    if (units.ignored[unit].empty() && settings.is_transformer &&
        is_float_in_transformer(units.view.op[unit], *settings.target))
      units.ignored[unit] = "arithmetic of a transformer";
  }
  ignore_post_processing(graph, units.view, units.ignored);
  find_useless_rules(graph, units, scope);

  units.lists = make_lists(settings);
  UnitTraits& traits = units.traits;
  for (int unit = 0; unit < count; ++unit) {
    const Op op = units.view.op[unit];
    const graph::OpRow& row = graph::row(op);
    const bool ignored = !units.ignored[unit].empty();
    graph::Options options = row.options;
    Trait trait = ignored ? Trait::none : row.trait;
    if (op == Op::Result && settings.quantize_outputs) {
      trait = Trait::inputs;
      options = graph::Options::unlisted;
    }
    traits.trait.push_back(trait);
    traits.specs.push_back(&units.lists[static_cast<int>(options)]);
    traits.is_unified.push_back(!ignored && graph::is_class(op, graph::op_class::unified));
    traits.is_dynamic_matmul.push_back(
        op == Op::MatMul && graph::weights_of(graph, units.view.nodes[unit].front()).empty());
  }
  return units;
}

}  // namespace octet::scheme
