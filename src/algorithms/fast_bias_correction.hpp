#pragma once

#include "algorithms/algorithm.hpp"

namespace octet::algorithms {

/// Takes back the mean error that rounding a layer's weight makes in its output, in closed form:
/// the weight's error times the input's channel means, no layer is run. Serves convolutions
/// (grouped, depthwise and transposed ones too) and matmuls. A layer without a bias gets one where
/// the error is worth it, or always with `apply_for_all_nodes`.
///
/// `threshold`, if given, drops the shift of a channel that is not smaller than that many times the
/// layer's largest bias. There is none by default: a zero in a bias is no reason to keep an error,
/// and the shift is bounded by the weight's rounding steps.
class FastBiasCorrection final : public Algorithm {
 public:
  const char* name() const override { return "fast_bias_correction"; }
  void request(const Context& context, statistics::Requests& requests) override;
  void run(const Context& context, const statistics::Results& results, std::vector<Edit>& edits,
           std::vector<Diagnostic>& diagnostics) override;

 private:
  std::map<std::string, std::size_t> requests_;  ///< layer → its channel mean request
};

}  // namespace octet::algorithms
