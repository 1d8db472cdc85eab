#pragma once

#include <functional>
#include <vector>

#include "api/stages.hpp"
#include "octet/quantize.hpp"
#include "scheme/placement.hpp"
#include "statistics/statistics.hpp"

namespace octet::api {

/// What is decided before any data is read.
struct Plan {
  QuantizeOptions options;      ///< resolved
  std::vector<Edit> structure;  ///< edits that come before placement
  Model model;                  ///< with these applied
  scheme::Placement placement;
  std::vector<Diagnostic> diagnostics;
};
Plan plan(const Model& model, const QuantizeOptions& options);
/// Throws `Error` (invalid_argument).
void check(const QuantizeOptions& options);

/// `resolved` as the pass over the data takes it, with the user's callbacks.
statistics::CalibrationOptions calibration_options(const QuantizeOptions& resolved,
                                                   const QuantizeOptions& user);
/// Tells what measuring will take, beside the limit.
Diagnostic memory_diagnostic(const MemoryPlan& memory, std::size_t limit);

/// A quantized model, and the samples that were kept to judge it by.
struct Quantized {
  QuantizeResult result;                     ///< all but the verdict and the times
  QuantizeOptions options;                   ///< resolved
  std::vector<statistics::KeptSample> kept;  ///< none where nothing is quantized
};
/// The whole pipeline; `keep` samples are kept. Throws `Error`.
Quantized run_pipeline(const Model& model, Dataset& data, const QuantizeOptions& options,
                       std::size_t keep, Stages& stages);
/// Gives what is asked for of a plan's model.
using Measure = std::function<statistics::Results(const Plan&, const statistics::Requests&)>;
/// The same on statistics that come from elsewhere.
Quantized run_pipeline(const Model& model, const QuantizeOptions& options, std::size_t keep,
                       const Measure& measure, Stages& stages);

}  // namespace octet::api
