#include "scheme/resolve_options.hpp"

#include "graph/transformer.hpp"
#include "scheme/targets.hpp"

namespace octet::scheme {

QuantizeOptions resolve_options(const Model& model, QuantizeOptions options, bool sums_overflow,
                                std::vector<Diagnostic>& diagnostics) {
  if (!options.model_type) {
    const graph::TransformerEvidence evidence = graph::find_transformer(*model.graph);
    options.model_type = evidence.is_transformer() ? ModelType::transformer : ModelType::generic;
    if (evidence.is_transformer())
      diagnostics.push_back(
          {Diagnostic::Severity::note, "scheme", "treated_as_transformer", "",
           "the model is treated as a transformer, since it has " +
               std::to_string(evidence.attentions) + " attentions and " +
               std::to_string(evidence.normalizations) + " layer normalizations",
           "Say model_type=transformer to confirm, or model_type=generic to turn this off"});
  }
  if (!options.preset)
    options.preset =
        options.model_type == ModelType::transformer ? Preset::mixed : Preset::performance;
  if (!options.advanced.overflow_fix) {
    const bool protect = sums_overflow && find_target(options.target_device).may_overflow;
    options.advanced.overflow_fix = protect ? OverflowFix::first_layer : OverflowFix::disable;
    if (protect)
      diagnostics.push_back(
          {Diagnostic::Severity::note, "scheme", "overflow_fix", "",
           "this processor sums 8-bit products in 16 bits, so the weights of the first "
           "convolutions use half of their range",
           "Say overflow_fix=disable if the model is made for other processors"});
  }
  return options;
}

}  // namespace octet::scheme
