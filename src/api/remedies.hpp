#pragma once

#include "api/pipeline.hpp"
#include "runtime/run_samples.hpp"

namespace octet::api {

/// Tries recipes, each on top of those that helped, by quantizing with the kept samples alone, and
/// puts the options that gave the best outputs on them into `verdict`. `verdict.layers` tells which
/// layers to leave out. Throws `Error` (cancelled).
void find_remedy(const Model& model, const QuantizeOptions& options, const Quantized& quantized,
                 const std::vector<runtime::Tensors>& inputs,
                 const std::vector<runtime::Tensors>& exact, Verdict& verdict);

}  // namespace octet::api
