#include "algorithms/fast_bias_correction.hpp"
#include "algorithms/min_max.hpp"
#include "algorithms/smooth_quant.hpp"
#include "recipe/apply.hpp"

namespace octet::algorithms {

std::vector<std::unique_ptr<Algorithm>> pipeline(const QuantizeOptions& options) {
  std::vector<std::unique_ptr<Algorithm>> steps;
  if (wants_smooth_quant(options)) steps.push_back(std::make_unique<SmoothQuant>());
  steps.push_back(std::make_unique<MinMax>());
  if (options.advanced.disable_bias_correction) return steps;
  if (!options.fast_bias_correction)
    throw Error(ErrorCode::unsupported_option, "algorithms", "option 'fast_bias_correction'",
                "the slow bias correction is not offered",
                "Leave the option on, or set advanced_parameters.disable_bias_correction");
  steps.push_back(std::make_unique<FastBiasCorrection>());
  return steps;
}

std::vector<Edit> structural_edits(const Model& model, const QuantizeOptions& options) {
  std::vector<Edit> edits = fold_batch_norms(model);
  if (!wants_smooth_quant(options)) return edits;
  const std::vector<Edit> places = smooth_quant_places(recipe::apply_edits(model, edits), options);
  edits.insert(edits.end(), places.begin(), places.end());
  return edits;
}

}  // namespace octet::algorithms
