/// Prints where quantizers go in a model, as JSON: dump_placement MODEL [key=value]...
/// A tool of the tests: it compares placements with those of other programs.

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "algorithms/algorithm.hpp"
#include "octet/model.hpp"
#include "recipe/apply.hpp"
#include "scheme/placement.hpp"
#include "unit/scheme/options_text.hpp"

namespace {

using nlohmann::json;
using namespace octet;

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
      tests::set_option(options, argument);
    }
    std::cout << to_json(scheme::place(model, options)).dump(1) << "\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
