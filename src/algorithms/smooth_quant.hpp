#pragma once

#include "algorithms/algorithm.hpp"
#include "algorithms/channel_scaling.hpp"

namespace octet::algorithms {

/// SmoothQuant (Xiao et al., arXiv:2211.10438): moves the outliers of activations into the
/// weights. Channel c of what a layer reads is divided by
///   s = a^alpha / w^(1 - alpha),   a, w: the largest magnitudes of the activation and of the
///   weight
/// within the tenth percentile of the channels' s and 100, and the weight is multiplied by it. All
/// layers that read one tensor share the scales (w is then the largest of theirs). Where a
/// normalization or a layer makes the tensor for these layers alone, its constants take the
/// division and it costs nothing at run time.
class SmoothQuant final : public Algorithm {
 public:
  const char* name() const override { return "smooth_quant"; }
  void request(const Context& context, statistics::Requests& requests) override;
  void run(const Context& context, const statistics::Results& results, std::vector<Edit>& edits,
           std::vector<Diagnostic>& diagnostics) override;

 private:
  std::size_t first_request_ = 0;
};

/// Whether the options ask for it: transformers, unless both alphas are negative.
bool wants_smooth_quant(const QuantizeOptions& options);

/// The places of `model` where channels will be scaled, with scales of 1.
std::vector<Edit> smooth_quant_places(const Model& model, const QuantizeOptions& options);

/// Whether `edit`, a structural one, is SmoothQuant's. `nodes`: of the structured model.
bool is_smooth_quant(const ScaleChannels& edit, const NodesByName& nodes,
                     const QuantizeOptions& options);

}  // namespace octet::algorithms
