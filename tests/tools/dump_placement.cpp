/// Prints where quantizers go in a model or a case, as JSON: dump_placement FILE [key=value]...
/// A tool of the tests. `save=FILE.xml` also saves what they are placed on, for other programs;
/// `print=lines` prints them as cases expect them.

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "algorithms/algorithm.hpp"
#include "octet/model.hpp"
#include "recipe/apply.hpp"
#include "scheme/placement.hpp"
#include "unit/graph/text_model.hpp"
#include "unit/scheme/case_file.hpp"
#include "unit/scheme/options_text.hpp"
#include "unit/scheme/placement_text.hpp"

namespace {

using nlohmann::json;
using namespace octet;

json to_json(const QuantizerSpec& spec) {
  return {{"bits", spec.bits},
          {"mode", spec.mode == QuantizationMode::symmetric ? "symmetric" : "asymmetric"},
          {"per_channel", spec.per_channel},
          {"narrow_range", spec.narrow_range},
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
    const std::filesystem::path file = arguments[1];
    const bool is_case = file.extension() == ".case";
    QuantizeOptions options;
    Model model;
    if (is_case) {
      tests::CaseFile given = tests::read_case(file);
      model = tests::parse_model(given["model"]);
      for (const std::string& line : tests::lines_of(given["options"]))
        tests::set_option(options, line);
    } else {
      model = load(file);
      model = recipe::apply_edits(model, algorithms::fold_batch_norms(model));
    }
    bool as_lines = false;
    for (int i = 2; i < count; ++i) {
      const std::string argument = arguments[i];
      const std::string value = argument.substr(argument.find('=') + 1);
      if (argument.starts_with("save="))
        save(model, value);
      else if (argument.starts_with("print="))
        as_lines = value == "lines";
      else
        tests::set_option(options, argument);
    }
    const scheme::Placement placement = scheme::place(model, options);
    if (as_lines)
      for (const std::string& line : tests::describe(placement)) std::cout << line << "\n";
    else
      std::cout << to_json(placement).dump(1) << "\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
