#pragma once

#include "algorithms/algorithm.hpp"

namespace octet::algorithms {

/// Gives every placed quantizer its range, from the measured or the weight's own extremes.
class MinMax final : public Algorithm {
 public:
  const char* name() const override { return "min_max"; }
  void request(const Context& context, statistics::Requests& requests) override;
  void run(const Context& context, const statistics::Results& results, std::vector<Edit>& edits,
           std::vector<Diagnostic>& diagnostics) override;

 private:
  std::size_t first_request_ = 0;
};

}  // namespace octet::algorithms
