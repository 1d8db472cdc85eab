#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "octet/error.hpp"
#include "octet/export.hpp"

namespace octet {

enum class Preset { performance, mixed };
/// `generic`: not a transformer, whatever the graph looks like.
enum class ModelType { transformer, generic };
enum class TargetDevice { any, cpu, cpu_spr, gpu, npu };
enum class QuantizationMode { symmetric, asymmetric };
enum class OverflowFix { enable, first_layer, disable };
enum class PropagationRule {
  do_not_merge_branches,
  merge_if_all_branches_same,
  merge_with_potential_requantization,
  merge_all_in_one
};

/// What to do where the quantized model's outputs have little to do with those of the model.
/// `warn`: a warning among the diagnostics. `raise`: an `Error` (accuracy_collapsed). `revert`: the
/// warning, and the model comes back as it was. `ignore`: nothing is compared.
enum class OnCollapse { warn, raise, revert, ignore };

enum class StatisticsType { min, max, abs_max, mean, quantile, abs_quantile };
/// How the samples' values become one. `histogram` and `mse` look for the range with the least
/// quantization error over the values of all samples, whatever the statistics type.
enum class AggregatorType {
  min,
  max,
  mean,
  median,
  mean_no_outliers,
  median_no_outliers,
  histogram,
  mse
};

/// Layers that stay in floating point, in the user's words.
struct Subgraph {
  std::vector<std::string> inputs, outputs;  ///< node names as in `IgnoredScope::names`
};
struct IgnoredScope {
  std::vector<std::string> names;     ///< friendly name, FX value name or module path
  std::vector<std::string> patterns;  ///< regular expressions, matched from the name's start
  std::vector<std::string> types;     ///< OpenVINO type, ATen op (`conv2d`) or module class
  std::vector<Subgraph> subgraphs;
  bool validate = true;  ///< a rule that matches nothing is an error

  bool empty() const {
    return names.empty() && patterns.empty() && types.empty() && subgraphs.empty();
  }
};

/// Constraints on one kind of quantizers. An unset field leaves the choice to the preset.
struct QuantizationParameters {
  std::optional<int> num_bits;  ///< 8
  std::optional<QuantizationMode> mode;
  std::optional<bool> signedness_to_force;  ///< true: ranges with both signs
  std::optional<bool> per_channel;
  std::optional<bool> narrow_range;  ///< one code less, so that both signs reach as far
};

struct StatisticsCollectorParameters {
  std::optional<StatisticsType> statistics_type;  ///< of one sample's tensor
  std::optional<AggregatorType> aggregator_type;  ///< of the samples
  std::optional<float> clipping_value;            ///< values are clamped to +- this first
  double quantile_outlier_prob = 1e-4;            ///< share of values beyond a quantile
};
struct RangeEstimatorParameters {
  StatisticsCollectorParameters min, max;
};

struct BiasCorrectionParameters {
  bool apply_for_all_nodes = false;  ///< also layers without quantized inputs
  std::optional<double> threshold;   ///< largest correction, in multiples of the bias
};
struct SmoothQuantAlphas {
  double convolution = -1;  ///< negative: off
  double matmul = 0.95;
};

struct AdvancedParameters {
  std::optional<OverflowFix> overflow_fix;  ///< which weights keep to half of their range
  bool quantize_outputs = false;            ///< also what the model returns
  bool inplace_statistics = true;           ///< for the peer's sake: statistics always are
  bool disable_channel_alignment = true;
  bool disable_bias_correction = false;
  /// Each sample of a batch counts as one. Unset: where the dataset has a batch size above 1.
  std::optional<bool> batchwise_statistics;
  QuantizationParameters activations_quantization_params;
  QuantizationParameters weights_quantization_params;
  PropagationRule quantizer_propagation_rule = PropagationRule::merge_all_in_one;
  RangeEstimatorParameters activations_range_estimator_params;
  RangeEstimatorParameters weights_range_estimator_params;
  BiasCorrectionParameters bias_correction_params;
  SmoothQuantAlphas smooth_quant_alphas;
  std::map<std::string, std::string> backend_params;
};

/// What a run reports while it goes on.
struct Progress {
  std::string stage;      ///< "calibration", "placement", …
  std::size_t done = 0;   ///< items done
  std::size_t total = 0;  ///< 0 where it is not known
};

/// Options of `quantize`, with the meanings of the tutorial's parameters.
struct QuantizeOptions {
  std::optional<Preset> preset;         ///< unset: performance; mixed for a transformer
  std::optional<ModelType> model_type;  ///< unset: found out from the graph
  TargetDevice target_device = TargetDevice::any;
  std::size_t subset_size = 300;  ///< items of the dataset (batches, not images)
  bool fast_bias_correction = true;
  IgnoredScope ignored_scope;
  AdvancedParameters advanced;
  /// The guard compares INT8 with FP32 on a few samples of the calibration.
  OnCollapse on_collapse = OnCollapse::warn;

  /// Threads used; 0: all cores. The result does not depend on it.
  std::size_t threads = 0;
  /// Bytes that measuring the samples may take beyond what the process has; 0: any number. Kept to
  /// by an estimate: fewer samples are in flight, then fewer run at a time, at least one. The
  /// result does not depend on it.
  std::size_t max_memory = 0;
  /// Called from the calling thread, a few times a second. May be empty.
  std::function<void(const Progress&)> on_progress;
  /// Called from the calling thread with each diagnostic as soon as it is known, also where the run
  /// ends in an error later. All are in the result as well. May be empty.
  std::function<void(const Diagnostic&)> on_diagnostic;
  /// Polled between items; returning true ends the run with `ErrorCode::cancelled`.
  std::function<bool()> is_cancelled;
};

}  // namespace octet
