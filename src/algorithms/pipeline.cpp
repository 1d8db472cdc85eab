#include "algorithms/accurate_bias_correction.hpp"
#include "algorithms/channel_alignment.hpp"
#include "algorithms/fast_bias_correction.hpp"
#include "algorithms/min_max.hpp"
#include "algorithms/smooth_quant.hpp"
#include "recipe/apply.hpp"

namespace octet::algorithms {

std::vector<std::unique_ptr<Algorithm>> pipeline(const QuantizeOptions& options) {
  std::vector<std::unique_ptr<Algorithm>> steps;
  if (wants_smooth_quant(options)) steps.push_back(std::make_unique<SmoothQuant>());
  if (!options.advanced.disable_channel_alignment)
    steps.push_back(std::make_unique<ChannelAlignment>());
  steps.push_back(std::make_unique<MinMax>());
  if (options.advanced.disable_bias_correction) return steps;
  steps.push_back(std::make_unique<FastBiasCorrection>());
  if (!options.fast_bias_correction) steps.push_back(std::make_unique<AccurateBiasCorrection>());
  return steps;
}

std::vector<Edit> structural_edits(const Model& model, const QuantizeOptions& options) {
  std::vector<Edit> edits = fold_batch_norms(model);
  const auto add = [&](const std::vector<Edit>& more) {
    edits.insert(edits.end(), more.begin(), more.end());
  };
  if (wants_smooth_quant(options))
    add(smooth_quant_places(recipe::apply_edits(model, edits), options));
  if (!options.advanced.disable_channel_alignment)
    add(channel_alignment_places(recipe::apply_edits(model, edits), options, edits));
  return edits;
}

}  // namespace octet::algorithms
