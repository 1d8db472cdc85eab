#include "api/receipt.hpp"

#include <string>

#include "api/pipeline.hpp"
#include "api/provenance.hpp"
#include "diagnose/layer_facts.hpp"
#include "recipe/receipt.hpp"

namespace octet::api {

std::optional<QuantizeOptions> receipt_options(const ov::Model& quantized) {
  const std::string prefix = "provenance.";
  std::map<std::string, std::string> provenance;
  for (const auto& [key, value] : recipe::receipt_of(quantized))
    if (key.starts_with(prefix)) provenance[key.substr(prefix.size())] = value;
  if (provenance.empty()) return std::nullopt;
  QuantizeOptions options = options_of(provenance);
  options.ignored_scope.validate = false;  // it was then
  return options;
}

std::vector<LayerDecision> decisions_of(const Model& reference, const Model& exact,
                                        const Model& quantized) {
  if (const auto options = receipt_options(*quantized.graph))
    return plan(reference, *options).placement.layers;
  return diagnose::decisions_in(exact, quantized);
}

}  // namespace octet::api
