/// Runs tests/cases/scheme/*.case: a model, options, and where quantizers go.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "scheme/placement.hpp"
#include "unit/graph/text_model.hpp"
#include "unit/scheme/options_text.hpp"

namespace {

using namespace octet;

struct Case {
  std::map<std::string, std::string> sections;
};

Case read_case(const std::filesystem::path& path) {
  std::ifstream file(path);
  Case result;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] == '[' && line.back() == ']')
      section = line.substr(1, line.size() - 2);
    else
      result.sections[section] += line + "\n";
  }
  return result;
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    line = line.substr(0, line.find('#'));
    line.erase(line.find_last_not_of(" \t") + 1);
    if (!line.empty()) lines.insert(line);
  }
  return lines;
}

std::string describe(const QuantizerSpec& spec) {
  std::string text = spec.mode == QuantizationMode::symmetric ? "symmetric" : "asymmetric";
  if (spec.bits != 8) text += " " + std::to_string(spec.bits) + " bits";
  if (spec.per_channel) text += " per_channel";
  if (spec.narrow_range) text += " narrow";
  if (spec.signedness_to_force) text += *spec.signedness_to_force ? " signed" : " unsigned";
  return text;
}

/// One line a quantizer, layer and diagnostic.
std::set<std::string> describe(const scheme::Placement& placement) {
  std::set<std::string> lines;
  for (const auto& quantizer : placement.activations) {
    std::string line = quantizer.tensor.node;
    if (quantizer.tensor.output != 0) line += "." + std::to_string(quantizer.tensor.output);
    line += " ->";
    for (const UseRef& use : quantizer.uses)
      line += " " + use.node + "." + std::to_string(use.input);
    line += ": " + describe(quantizer.spec);
    if (quantizer.group) line += " group " + std::to_string(*quantizer.group);
    lines.insert(line);
  }
  for (const auto& quantizer : placement.weights) {
    std::string line = "weight " + quantizer.use.node + "." + std::to_string(quantizer.use.input) +
                       ": " + describe(quantizer.spec);
    for (const std::size_t axis : quantizer.axes) line += " axis " + std::to_string(axis);
    if (quantizer.half_range) line += " half_range";
    lines.insert(line);
  }
  for (const LayerDecision& layer : placement.layers)
    lines.insert("layer " + layer.node + ": " + layer.precision + ", " + layer.reason);
  for (const Diagnostic& diagnostic : placement.diagnostics)
    lines.insert("note " + diagnostic.code);
  return lines;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

void run(const std::filesystem::path& path) {
  Case given = read_case(path);
  std::set<std::string> expected = lines_of(given.sections["expect"]);
  std::set<std::string> found;
  try {
    const Model model = tests::parse_model(given.sections["model"]);
    QuantizeOptions options;
    for (const std::string& line : lines_of(given.sections["options"]))
      tests::set_option(options, line);
    found = describe(scheme::place(model, options));
  } catch (const std::exception& error) {
    found.insert(std::string("error ") + error.what());
  }
  // Of layers only those that the case names are compared.
  std::erase_if(found, [&](const std::string& line) {
    return starts_with(line, "layer ") && expected.count(line) == 0 &&
           std::none_of(expected.begin(), expected.end(), [&](const std::string& other) {
             return starts_with(other, line.substr(0, line.find(':') + 1));
           });
  });
  std::string difference;
  for (const std::string& line : expected)
    if (!found.count(line)) difference += "\n  - " + line;
  for (const std::string& line : found)
    if (!expected.count(line)) difference += "\n  + " + line;
  CHECK_MESSAGE(difference.empty(), path.stem().string() << ": expected -, found +" << difference);
}

}  // namespace

TEST_CASE("quantizers are placed as the cases say") {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(OCTET_CASES "/scheme"))
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() > 80);
  for (const auto& path : paths) run(path);
}
