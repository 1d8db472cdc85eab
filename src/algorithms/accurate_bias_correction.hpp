#pragma once

#include "algorithms/algorithm.hpp"

namespace octet::algorithms {

/// Takes back the mean error of every layer's output as it is with all rounding, of activations
/// too, and with the layers before it corrected already. Begins with what the fast correction
/// decided. One model is compiled, whose biases are inputs; layers at the same depth are corrected
/// together, from a few samples of the calibration. Whichever of the corrections, or none, comes
/// nearest to the outputs in FP32, on twice as many samples, is kept. They are compared on the
/// model with open biases, whose layers are fused in another way than in the one that is saved:
/// below a tenth of a decibel the choice is open.
class AccurateBiasCorrection final : public Algorithm {
 public:
  const char* name() const override { return "accurate_bias_correction"; }
  void request(const Context& context, statistics::Requests& requests) override;
  void run(const Context& context, const statistics::Results& results, std::vector<Edit>& edits,
           std::vector<Diagnostic>& diagnostics) override;

 private:
  std::map<std::string, std::size_t> requests_;  ///< layer → mean of its output, with the bias
  std::size_t measured_ = 0;                     ///< samples that the corrections are made from
};

}  // namespace octet::algorithms
