#include "diagnose/findings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include <openvino/op/fake_quantize.hpp>

#include "core/text.hpp"
#include "graph/op_table.hpp"
#include "octet/diagnose.hpp"
#include "octet/quantizers.hpp"
#include "recipe/constants.hpp"

namespace octet::diagnose {
namespace {

/// Share of values that are cut off, above which a layer is told of.
constexpr double much_clipped = 0.01;
/// Widest channel over narrowest, above which one scale for all of them loses the narrow ones.
constexpr double uneven = 32;
constexpr double hardly_faster = 1.1;
constexpr std::size_t named = 5;

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string quoted(const Facts& facts, const std::vector<std::string>& nodes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(nodes.size(), named); ++i)
    names.push_back("'" + name_of(facts, nodes[i]) + "'");
  std::string text = core::join_words(names);
  if (nodes.size() > named) text += " and " + std::to_string(nodes.size() - named) + " more";
  return text;
}

std::string layers(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " layer" : " layers");
}

void tell_clipping(const Facts& facts, std::vector<Finding>& findings) {
  Finding finding;
  double most = 0;
  for (const LayerFacts& layer : facts.layers) {
    if (layer.clipped.value_or(0) < much_clipped) continue;
    finding.layers.push_back(layer.node);
    most = std::max(most, *layer.clipped);
  }
  if (finding.layers.empty()) return;
  finding.level = Finding::Level::warning;
  finding.text = "Up to " + number("%.1f", 100 * most) +
                 " % of the values that are read lie outside of the quantization range, in " +
                 quoted(facts, finding.layers);
  finding.remedy =
      "Calibrate on more samples, or keep whole ranges with "
      "advanced_parameters.activations_range_estimator_params=MINMAX";
  findings.push_back(std::move(finding));
}

void tell_channels(const Facts& facts, std::vector<Finding>& findings) {
  Finding finding;
  for (const WeightFacts& weight : facts.weights)
    if (weight.scales == 1 && weight.ratio > uneven) finding.layers.push_back(weight.layer);
  if (finding.layers.empty()) return;
  finding.level = Finding::Level::warning;
  finding.text = "One scale serves channels whose weights differ by more than a factor of " +
                 number("%.0f", uneven) + ", in " + quoted(facts, finding.layers);
  finding.remedy = "Leave advanced_parameters.weights_quantization_params.per_channel at true";
  findings.push_back(std::move(finding));
}

void tell_execution(const Facts& facts, std::vector<Finding>& findings) {
  Finding finding;
  for (const LayerFacts& layer : facts.layers)
    if (layer.asked == "int8" && !layer.ran.empty() && !is_int8(layer.ran) &&
        graph::is_class(graph::find_op(layer.type), graph::op_class::linear))
      finding.layers.push_back(layer.node);
  if (finding.layers.empty()) return;
  finding.level = Finding::Level::warning;
  finding.text = layers(finding.layers.size()) +
                 " asked to run in INT8 ran in floating point on this machine: " +
                 quoted(facts, finding.layers);
  finding.remedy =
      "They have the error of INT8 without its speed: leave them out with ignored_scope, or "
      "measure "
      "on the machine that the model is for";
  findings.push_back(std::move(finding));
}

void tell_speed(const Facts& facts, std::vector<Finding>& findings) {
  if (facts.reference.median_ms == 0 || facts.quantized.median_ms == 0) return;
  const double ratio = facts.reference.median_ms / facts.quantized.median_ms;
  Finding finding;
  finding.level = ratio < hardly_faster ? Finding::Level::warning : Finding::Level::good;
  finding.text = "A call takes " + number("%.2f", facts.quantized.median_ms) + " ms in INT8 and " +
                 number("%.2f", facts.reference.median_ms) + " ms in " + facts.precision +
                 ": INT8 is " + number("%.2f", ratio) + " times as fast";
  if (ratio < hardly_faster)
    finding.remedy =
        "A small model spends its time between the layers: measure throughput with 'octet "
        "benchmark', and look at the times of the layers";
  findings.push_back(std::move(finding));
}

}  // namespace

std::string name_of(const LayerFacts& layer) {
  return layer.source.module_path.empty() ? layer.node : layer.source.module_path;
}

std::string name_of(const Facts& facts, const std::string& node) {
  const auto found = std::ranges::find(facts.layers, node, &LayerFacts::node);
  return found == facts.layers.end() ? node : name_of(*found);
}

std::string decibels(double value) {
  return std::isinf(value) ? "no error" : number("%.1f dB", value);
}

std::vector<std::string> worst_layers(const Facts& facts, std::size_t most) {
  std::vector<const LayerFacts*> made;
  for (const LayerFacts& layer : facts.layers)
    if (layer.asked == "int8" && layer.sqnr_born && std::isfinite(*layer.sqnr_born))
      made.push_back(&layer);
  std::ranges::stable_sort(made, {}, [](const LayerFacts* layer) { return *layer->sqnr_born; });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(most, made.size()); ++i) names.push_back(made[i]->node);
  return names;
}

Model in_float(const Model& exact, const Model& rounded, const std::set<std::string>& layers) {
  std::map<std::string, std::shared_ptr<ov::Node>> originals;
  for (const auto& node : exact.graph->get_ordered_ops())
    originals[node->get_friendly_name()] = node;
  std::set<std::string> quantizers, weights;
  for (const Quantizer& quantizer : quantizers_of(rounded))
    (quantizer.kind == Quantizer::Kind::activation ? quantizers : weights).insert(quantizer.name);
  Model result = rounded;
  result.graph = rounded.graph->clone();
  for (const auto& node : result.graph->get_ordered_ops()) {
    const auto original = originals.find(node->get_friendly_name());
    if (layers.count(node->get_friendly_name()) == 0 || original == originals.end()) continue;
    for (std::size_t i = 0; i < node->get_input_size(); ++i) {
      const auto source = node->get_input_node_shared_ptr(i);
      if (quantizers.count(source->get_friendly_name()) != 0)
        node->input(i).replace_source_output(source->input_value(0));
      else if (weights.count(source->get_friendly_name()) != 0)
        node->input(i).replace_source_output(
            recipe::constant_value(original->second->input_value(i)));
    }
  }
  return result;
}

std::vector<Finding> findings_in(const Facts& facts) {
  std::vector<Finding> findings;
  tell_clipping(facts, findings);
  tell_channels(facts, findings);
  tell_execution(facts, findings);
  tell_speed(facts, findings);
  return findings;
}

}  // namespace octet::diagnose
