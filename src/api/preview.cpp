#include "octet/preview.hpp"

#include <set>

#include "api/pipeline.hpp"

namespace octet {
namespace {

std::set<std::string> int8_layers(const api::Plan& plan) {
  std::set<std::string> names;
  for (const LayerDecision& layer : plan.placement.layers)
    if (layer.precision == "int8") names.insert(layer.node);
  return names;
}

}  // namespace

Preview preview(const Model& model, const QuantizeOptions& given) {
  QuantizeOptions options = given;
  options.ignored_scope.validate = false;  // what is of no use is part of the answer
  const api::Plan scoped = api::plan(model, options);
  options.ignored_scope = {};
  const api::Plan free = api::plan(model, options);
  const std::set<std::string> with = int8_layers(scoped), without = int8_layers(free);

  Preview preview;
  std::set<std::string> covered;
  for (const scheme::MatchedRule& match : scoped.placement.rules) {
    RulePreview rule{match.rule, match.nodes, {}, match.problem, match.remedy};
    for (const std::string& node : match.nodes)
      if (without.contains(node) && !with.contains(node)) rule.layers.push_back(node);
    covered.insert(match.nodes.begin(), match.nodes.end());
    preview.rules.push_back(std::move(rule));
  }
  for (const LayerDecision& layer : free.placement.layers)
    if (without.contains(layer.node) && !with.contains(layer.node) && !covered.contains(layer.node))
      preview.also.push_back(layer.node);
  return preview;
}

}  // namespace octet
