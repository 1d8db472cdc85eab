#include "algorithms/fast_bias_correction.hpp"
#include "algorithms/min_max.hpp"

namespace octet::algorithms {

std::vector<std::unique_ptr<Algorithm>> pipeline(const QuantizeOptions& options) {
  std::vector<std::unique_ptr<Algorithm>> steps;
  steps.push_back(std::make_unique<MinMax>());
  if (options.advanced.disable_bias_correction) return steps;
  if (!options.fast_bias_correction)
    throw Error(ErrorCode::unsupported_option, "algorithms", "option 'fast_bias_correction'",
                "the slow bias correction is not offered",
                "Leave the option on, or set advanced_parameters.disable_bias_correction");
  steps.push_back(std::make_unique<FastBiasCorrection>());
  return steps;
}

}  // namespace octet::algorithms
