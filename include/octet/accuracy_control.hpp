#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "octet/export.hpp"
#include "octet/quantize.hpp"

namespace octet {

/// How a metric's drop is measured: `absolute`: metric of the model minus the quantized one's;
/// `relative`: in shares of the model's metric.
enum class DropType { absolute, relative };

/// A model that was measured on the way.
struct AccuracyStep {
  std::size_t float_layers = 0;  ///< layers that were put back to floating point
  double metric = 0, drop = 0;
  double seconds = 0;     ///< since the beginning
  bool is_known = false;  ///< taken from the state of an earlier run
};

struct AccuracyControlOptions {
  double max_drop = 0.01;
  DropType drop_type = DropType::absolute;
  /// Seconds after which no further model is measured; 0: no limit. What was begun is finished.
  double time_limit = 0;
  /// File that metrics are written to as they come. A run with the same model, data and options
  /// goes on from there. Empty: none.
  std::filesystem::path state;
  /// Called after each measurement. May be empty.
  std::function<void(const AccuracyStep&)> on_step;
};

struct AccuracyControlResult {
  /// The best model: of those within the allowed drop, the one with the fewest layers in floating
  /// point; where none is, the one with the best metric.
  QuantizeResult result;
  double reference_metric = 0;            ///< of the model as it was
  double metric = 0, drop = 0;            ///< of `result`
  bool is_reached = false;                ///< whether the drop is within the allowed one
  std::vector<std::string> float_layers;  ///< what was put back, by friendly names
  std::vector<AccuracyStep> steps;        ///< in the order of measuring
};

/// Quantizes `model`, and puts layers back to floating point, those first that make the most error,
/// until `validate`, for which larger is better, drops no more than is allowed. Data are read once;
/// the number of layers is found by doubling and bisection, so that few models are measured.
/// Always returns the best model so far. Throws `Error`; what `validate` throws is passed on.
OCTET_API AccuracyControlResult quantize_with_accuracy_control(
    const Model& model, Dataset& calibration, const std::function<double(const Model&)>& validate,
    const QuantizeOptions& options = {}, const AccuracyControlOptions& control = {});

}  // namespace octet
