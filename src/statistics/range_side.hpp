#pragma once

#include <vector>

#include "octet/options.hpp"
#include "statistics/aggregate.hpp"
#include "statistics/measures.hpp"
#include "statistics/range_search.hpp"

namespace octet::statistics {

/// One end of a requested range, made from the samples' measures.
///
/// The statistics type gives each sample one value (a channel): its least or largest, its mean, or
/// a quantile, `quantile_outlier_prob` from the end. At the low end the types of magnitudes count
/// downward, no further than the sample's least value or zero. The aggregator makes one value of
/// the samples'. Values are taken as if they were clamped to ± `clipping_value` first.
class RangeSide {
 public:
  enum class End { low, high };

  RangeSide(End end, const StatisticsCollectorParameters& estimator, bool per_channel);

  /// Adds to `measures` what this side needs.
  void require(Measures& measures) const;

  /// A sample as `measures` say.
  void add(const Measures& measures, const SampleView& sample);
  State state() const { return aggregate_.state(); }
  /// Throws `BadState`.
  void merge(const State& state) { aggregate_.merge(state); }
  /// How the range is looked for, unless it is made from the samples' measures.
  std::optional<Search> search() const;
  /// What the samples' measures give; there is no search.
  std::vector<float> result() const;

 private:
  StatisticsType type() const { return *estimator_.statistics_type; }
  AggregatorType aggregator() const { return *estimator_.aggregator_type; }
  bool clips_mean() const;
  Quantile quantile() const;
  std::vector<double> value_of(const Measures& measures, const SampleView& sample) const;

  End end_;
  StatisticsCollectorParameters estimator_;
  bool per_channel_;
  Aggregator aggregate_;
};

/// Both ends; a search that is the same for both is done once. Searches are given `distribution`.
Range range_of(const RangeSide& low, const RangeSide& high, const Distribution* distribution);

}  // namespace octet::statistics
