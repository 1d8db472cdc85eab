#include "unit/scheme/placement_text.hpp"

namespace octet::tests {
namespace {

std::string describe(const QuantizerSpec& spec) {
  std::string text = spec.mode == QuantizationMode::symmetric ? "symmetric" : "asymmetric";
  if (spec.bits != 8) text += " " + std::to_string(spec.bits) + " bits";
  if (spec.per_channel) text += " per_channel";
  if (spec.narrow_range) text += " narrow";
  if (spec.signedness_to_force) text += *spec.signedness_to_force ? " signed" : " unsigned";
  return text;
}

}  // namespace

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

}  // namespace octet::tests
