#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/stopwatch.hpp"
#include "octet/dataset.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"
#include "octet/recipe.hpp"

namespace octet::statistics {

/// Whether the estimator looks for the range with the least error, over the values of all samples.
inline bool is_search(const StatisticsCollectorParameters& estimator) {
  return estimator.aggregator_type == AggregatorType::histogram ||
         estimator.aggregator_type == AggregatorType::mse;
}

/// A range of a tensor's values. The estimator has every field set (no "default" left). A search is
/// for whole tensors only.
struct RangeRequest {
  TensorRef tensor;
  std::optional<std::size_t> axis;  ///< per channel along this axis; unset: per tensor
  RangeEstimatorParameters estimator;
};
/// The mean over everything but `axis`, over all samples.
struct ChannelMeanRequest {
  TensorRef tensor;
  std::size_t axis = 1;
  bool of_each_kept = false;  ///< also for every kept sample by itself
};
/// What the algorithms want to know; duplicates are merged.
struct Requests {
  std::vector<RangeRequest> ranges;
  std::vector<ChannelMeanRequest> channel_means;
  std::size_t keep = 0;  ///< number of first samples that are kept, with the model's outputs
};

/// A sample that was kept.
struct KeptSample {
  std::vector<ov::Tensor> inputs;   ///< in the order of the model's inputs
  std::vector<ov::Tensor> outputs;  ///< what the model makes of them, in FP32
  /// One a channel mean request, in their order; empty for those that do not ask for it.
  std::vector<std::vector<double>> channel_means;
};

/// Aggregated result of one range request: `low` from the min collector, `high` from the max one.
struct Range {
  std::vector<float> low, high;
};

struct Results {
  std::vector<Range> ranges;                       ///< same order as the requests
  std::vector<std::vector<double>> channel_means;  ///< same order as the requests
  std::string data_hash;                           ///< see `DataHash`
  std::size_t items = 0;                           ///< items of the dataset that were read
  std::size_t samples = 0;                         ///< samples in them: a batch counts its rows
  std::vector<KeptSample> kept;                    ///< in the dataset's order
  std::vector<Diagnostic> diagnostics;
};

struct CalibrationOptions {
  std::size_t subset_size = 300;
  std::size_t threads = 0;                        ///< 0: all cores
  std::optional<bool> batchwise_statistics = {};  ///< as the user's advanced parameter
  std::function<void(const Progress&)> on_progress = {};
  std::function<bool()> is_cancelled = {};
  core::Stopwatch* stopwatch = nullptr;  ///< counts the parts of the pass; may be null
  std::size_t max_memory = 0;            ///< bytes, as the user's option
  std::function<void(const MemoryPlan&)> on_memory = {};  ///< called before the first sample runs
};

/// Runs the data through the model once, in FP32, and collects what was asked for. The result does
/// not depend on the number of threads nor, where the model's batch dimension allows it, on how
/// samples are grouped into batches. Memory does not grow with the number of samples.
Results calibrate(const Model& model, Dataset& data, const Requests& requests,
                  const CalibrationOptions& options);

}  // namespace octet::statistics
