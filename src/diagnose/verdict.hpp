#pragma once

#include "octet/verdict.hpp"
#include "runtime/run_samples.hpp"

namespace octet::diagnose {

/// Compares what a quantized model makes of some samples with what the model made in FP32. Outputs
/// that are no floating numbers, or whose shape depends on values and differs, are left out.
/// `names`: of the outputs. Fills everything but `layers` and the remedy.
Verdict judge(const std::vector<std::string>& names, const std::vector<runtime::Tensors>& exact,
              const std::vector<runtime::Tensors>& rounded);

/// The output with the least ratio of signal to noise; null where there is none.
const OutputDifference* worst(const Verdict& verdict);

}  // namespace octet::diagnose
