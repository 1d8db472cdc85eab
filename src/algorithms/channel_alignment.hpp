#pragma once

#include "algorithms/algorithm.hpp"

namespace octet::algorithms {

/// Equalizes the channels between two layers (cross-layer equalization; Nagel et al.,
/// arXiv:1906.04721, with activations measured and not inferred): channel c of the tensor between
/// them is divided by
///   s = sqrt(a / w),   a, w: the largest magnitudes of the activation and of the second layer's
///   weight
/// in units of the median s and within 1/100 and 100; the first layer's weight and bias are divided
/// by it, the second layer's weight is multiplied. Nothing changes in floating point and nothing is
/// added to the model. Pairs are a convolution or matmul, possibly with a ReLU or PReLU behind it,
/// and the convolutions and matmuls that alone read the result.
class ChannelAlignment final : public Algorithm {
 public:
  const char* name() const override { return "channel_alignment"; }
  void request(const Context& context, statistics::Requests& requests) override;
  void run(const Context& context, const statistics::Results& results, std::vector<Edit>& edits,
           std::vector<Diagnostic>& diagnostics) override;

 private:
  std::map<TensorRef, std::size_t> requests_;  ///< tensor → its range request
};

/// The pairs of `model`, with scales of 1; none where the options do not ask for alignment. Layers
/// that an edit of `taken` scales are left alone.
std::vector<Edit> channel_alignment_places(const Model& model, const QuantizeOptions& options,
                                           const std::vector<Edit>& taken);

}  // namespace octet::algorithms
