#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "diagnose/powers.hpp"
#include "octet/facts.hpp"
#include "runtime/run_samples.hpp"

namespace octet::diagnose {

struct MeasuredLayers {
  /// Ratio of signal to noise, in decibels, of the first output of every node of floating type that
  /// both graphs have. A ratio that is no number (a mask of infinities) is left out; so are all
  /// where the model keeps a state.
  std::unordered_map<std::string, double> sqnr_db;
  std::vector<TensorFacts> tensors;  ///< of the fake quantizes of `rounded`, in its order
};

/// Runs `exact` and `rounded`, whose nodes of one name compute the same, side by side. Only sums
/// and histograms leave the graph. Throws `Error` (runtime_failed).
MeasuredLayers measure_layers(const ov::Model& exact, const ov::Model& rounded,
                              const Shifts& shifts, const std::vector<runtime::Tensors>& samples,
                              std::size_t threads);

}  // namespace octet::diagnose
