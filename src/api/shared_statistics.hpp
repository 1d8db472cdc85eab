#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "api/pipeline.hpp"

namespace octet::api {

/// Statistics of one pass over the data that serve many recipes of one model. They are measured on
/// the model with its batch norms folded: where a recipe's structure multiplies a tensor, it does
/// so by 1 until it has statistics, so that the tensor before serves as well.
class SharedStatistics {
 public:
  /// `model` must outlive this.
  explicit SharedStatistics(const Model& model);

  /// Asks for all that the recipe of these options needs.
  void want(const Plan& plan);
  /// Asks for kept samples at least.
  void keep(std::size_t samples) { all_.keep = std::max(all_.keep, samples); }
  /// Whether anything has been asked for.
  bool has_wishes() const { return !all_.ranges.empty() || !all_.channel_means.empty(); }
  /// Reads the data. Throws `Error`.
  void measure(Dataset& data, const statistics::CalibrationOptions& options);
  const statistics::Results& results() const { return results_; }

  /// Whether all that the recipe of these options needs has been measured.
  bool covers(const Plan& plan) const;
  /// What was asked for, in its order, as if it had been measured for this plan alone. Throws
  /// `Error` (internal) where it does not cover that.
  statistics::Results results_for(const Plan& plan, const statistics::Requests& requests) const;

 private:
  using Side = std::tuple<std::optional<StatisticsType>, std::optional<AggregatorType>,
                          std::optional<float>, double>;
  using RangeKey = std::tuple<TensorRef, std::optional<std::size_t>, Side, Side>;
  using MeanKey = std::tuple<TensorRef, std::size_t, bool>;

  statistics::Requests requests_of(const Plan& plan) const;
  static RangeKey key_of(const statistics::RangeRequest& request);

  const Model& original_;
  Model model_;  ///< what the data run through
  statistics::Requests all_;
  std::map<RangeKey, std::size_t> ranges_;
  std::map<MeanKey, std::size_t> means_;
  statistics::Results results_;
};

}  // namespace octet::api
