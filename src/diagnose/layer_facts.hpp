#pragma once

#include <vector>

#include "octet/facts.hpp"
#include "octet/runtime.hpp"
#include "runtime/run_samples.hpp"

namespace octet::diagnose {

/// What `facts_of` looks at.
struct Subjects {
  const Model& exact;    ///< the reference with the structure of the quantized model
  const Model& rounded;  ///< the quantized model
  const std::vector<LayerDecision>& decisions;
  const std::vector<runtime::Tensors>& samples;
  std::size_t threads = 0;
};

/// Fills the layers, tensors, weights, inputs and outputs of `facts`: all but what the plugin made
/// of it. Throws `Error` (runtime_failed).
void describe_layers(const Subjects& subjects, Facts& facts);

/// Adds what the plugin made of both models: precisions, kernels and times.
void describe_execution(const std::vector<ExecutedLayer>& reference,
                        const std::vector<ExecutedLayer>& quantized, Facts& facts);

/// Which layers of a quantized model of unknown origin are in INT8, from the model alone.
std::vector<LayerDecision> decisions_in(const Model& exact, const Model& rounded);

}  // namespace octet::diagnose
