#pragma once

#include "algorithms/algorithm.hpp"
#include "algorithms/bias_segments.hpp"
#include "algorithms/scaled_layers.hpp"
#include "runtime/run_samples.hpp"

namespace octet::algorithms {

/// Takes back the mean error of every layer's output as it is with all rounding, of activations
/// too, and with the layers before it corrected already. Begins with what the fast correction
/// decided. The quantized model runs in parts, whose biases are inputs; layers with equally many
/// layers before them are corrected together, from a few samples of the calibration. Of the models
/// that the accurate correction, the fast one and none give, the one that comes nearest to the
/// outputs in FP32, on twice as many samples, is kept.
class AccurateBiasCorrection final : public Algorithm {
 public:
  const char* name() const override { return "accurate_bias_correction"; }
  void request(const Context& context, statistics::Requests& requests) override;
  void run(const Context& context, const statistics::Results& results, std::vector<Edit>& edits,
           std::vector<Diagnostic>& diagnostics) override;

 private:
  using Values = std::map<ov::Output<ov::Node>, runtime::Tensors>;  ///< one tensor a sample

  /// Shifts of a part's layers; adds what it writes to `values`.
  std::vector<std::vector<double>> corrected(const BiasSegment& segment,
                                             const statistics::Results& results,
                                             const ScaledLayers& scaled,
                                             const QuantizeOptions& options, Values& values) const;

  std::map<std::string, std::size_t> requests_;  ///< layer → mean of its output, with the bias
  std::size_t measured_ = 0;                     ///< samples that the corrections are made from
};

}  // namespace octet::algorithms
