#include "algorithms/min_max.hpp"

namespace octet::algorithms {

std::vector<std::unique_ptr<Algorithm>> pipeline(const QuantizeOptions& options) {
  (void)options;
  std::vector<std::unique_ptr<Algorithm>> steps;
  steps.push_back(std::make_unique<MinMax>());
  return steps;
}

}  // namespace octet::algorithms
