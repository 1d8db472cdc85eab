/// Prints where quantizers go in a model, as JSON: dump_placement MODEL [key=value]...
/// A tool of the tests: it compares placements with those of other programs.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "algorithms/algorithm.hpp"
#include "octet/model.hpp"
#include "recipe/apply.hpp"
#include "scheme/placement.hpp"

namespace {

using nlohmann::json;
using namespace octet;

template <typename Value>
Value choose(const std::string& text, const std::map<std::string, Value>& values) {
  const auto found = values.find(text);
  if (found == values.end()) throw std::runtime_error("no such value: " + text);
  return found->second;
}

std::vector<std::string> list(const std::string& text) {
  std::vector<std::string> items;
  std::stringstream stream(text);
  for (std::string item; std::getline(stream, item, ',');) items.push_back(item);
  return items;
}

void set(QuantizeOptions& options, const std::string& key, const std::string& value) {
  if (key == "preset")
    options.preset =
        choose<Preset>(value, {{"performance", Preset::performance}, {"mixed", Preset::mixed}});
  else if (key == "model_type")
    options.model_type = choose<ModelType>(
        value, {{"transformer", ModelType::transformer}, {"generic", ModelType::generic}});
  else if (key == "target")
    options.target_device = choose<TargetDevice>(value, {{"any", TargetDevice::any},
                                                         {"cpu", TargetDevice::cpu},
                                                         {"cpu_spr", TargetDevice::cpu_spr},
                                                         {"gpu", TargetDevice::gpu},
                                                         {"npu", TargetDevice::npu}});
  else if (key == "overflow_fix")
    options.advanced.overflow_fix =
        choose<OverflowFix>(value, {{"enable", OverflowFix::enable},
                                    {"first_layer", OverflowFix::first_layer},
                                    {"disable", OverflowFix::disable}});
  else if (key == "rule")
    options.advanced.quantizer_propagation_rule = static_cast<PropagationRule>(std::stoi(value));
  else if (key == "quantize_outputs")
    options.advanced.quantize_outputs = value == "1";
  else if (key == "names")
    options.ignored_scope.names = list(value);
  else if (key == "patterns")
    options.ignored_scope.patterns = list(value);
  else if (key == "types")
    options.ignored_scope.types = list(value);
  else if (key == "subgraph")  // first,last
    options.ignored_scope.subgraphs.push_back({{list(value).at(0)}, {list(value).at(1)}});
  else
    throw std::runtime_error("no such option: " + key);
}

json to_json(const QuantizerSpec& spec) {
  return {{"bits", spec.bits},
          {"symmetric", spec.mode == QuantizationMode::symmetric},
          {"per_channel", spec.per_channel},
          {"narrow", spec.narrow_range},
          {"signed", spec.signedness_to_force ? json(*spec.signedness_to_force) : json()}};
}

json to_json(const scheme::Placement& placement) {
  json activations = json::array(), weights = json::array(), layers = json::array();
  for (const auto& quantizer : placement.activations) {
    json uses = json::array();
    for (const UseRef& use : quantizer.uses) uses.push_back({use.node, use.input});
    activations.push_back({{"tensor", {quantizer.tensor.node, quantizer.tensor.output}},
                           {"uses", uses},
                           {"spec", to_json(quantizer.spec)},
                           {"group", quantizer.group ? json(*quantizer.group) : json()}});
  }
  for (const auto& quantizer : placement.weights)
    weights.push_back({{"use", {quantizer.use.node, quantizer.use.input}},
                       {"constant", quantizer.constant},
                       {"spec", to_json(quantizer.spec)},
                       {"axes", quantizer.axes},
                       {"half_range", quantizer.half_range}});
  for (const LayerDecision& layer : placement.layers)
    layers.push_back({layer.node, layer.type, layer.precision, layer.reason});
  json diagnostics = json::array();
  for (const Diagnostic& diagnostic : placement.diagnostics)
    diagnostics.push_back(to_string(diagnostic));
  return {{"activations", activations},
          {"weights", weights},
          {"layers", layers},
          {"diagnostics", diagnostics}};
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count < 2) throw std::runtime_error("usage: dump_placement MODEL [key=value]...");
    Model model = load(arguments[1]);
    model = recipe::apply_edits(model, algorithms::fold_batch_norms(model));
    QuantizeOptions options;
    for (int i = 2; i < count; ++i) {
      const std::string argument = arguments[i];
      const std::size_t equals = argument.find('=');
      if (argument.substr(0, equals) == "save") {  // what the placement is of, for other programs
        save(model, argument.substr(equals + 1));
        continue;
      }
      set(options, argument.substr(0, equals), argument.substr(equals + 1));
    }
    std::cout << to_json(scheme::place(model, options)).dump(1) << "\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
