#include "statistics/range_side.hpp"

#include <algorithm>
#include <cmath>

namespace octet::statistics {
namespace {

using Values = std::vector<double>;

template <typename T>
std::size_t place_of(const std::vector<T>& all, const T& wanted) {
  return static_cast<std::size_t>(std::ranges::find(all, wanted) - all.begin());
}

template <typename T>
void add_new(std::vector<T>& all, const T& wanted) {
  if (std::ranges::find(all, wanted) == all.end()) all.push_back(wanted);
}

/// A value a channel, or one for all channels.
template <typename Combine>
Values take(std::span<const double> channels, bool per_channel, Combine combine) {
  if (per_channel) return {channels.begin(), channels.end()};
  double all = channels[0];
  for (const double value : channels.subspan(1)) all = combine(all, value);
  return {all};
}

}  // namespace

RangeSide::RangeSide(End end, const StatisticsCollectorParameters& estimator, bool per_channel)
    : end_(end),
      estimator_(estimator),
      per_channel_(per_channel),
      aggregate_(*estimator.aggregator_type, estimator.quantile_outlier_prob) {}

bool RangeSide::clips_mean() const {
  return type() == StatisticsType::mean && estimator_.clipping_value.has_value();
}

Quantile RangeSide::quantile() const {
  const bool of_magnitudes = type() == StatisticsType::abs_quantile;
  const double outliers = estimator_.quantile_outlier_prob;
  const bool is_low = end_ == End::low && !of_magnitudes;
  return {is_low ? outliers : 1 - outliers, of_magnitudes, per_channel_};
}

void RangeSide::require(Measures& measures) const {
  if (is_search(estimator_)) {
    measures.distribution = true;
    return;
  }
  if (type() == StatisticsType::quantile || type() == StatisticsType::abs_quantile)
    add_new(measures.quantiles, quantile());
  if (clips_mean())
    add_new(measures.clipped_sums, *estimator_.clipping_value);
  else if (type() == StatisticsType::mean)
    measures.sums = true;
}

Values RangeSide::value_of(const Measures& measures, const SampleView& sample) const {
  const Values low =
      take(sample.low, per_channel_, [](double a, double b) { return std::min(a, b); });
  const Values high =
      take(sample.high, per_channel_, [](double a, double b) { return std::max(a, b); });
  // A magnitude as an end of the range.
  const auto directed = [&](Values magnitudes) {
    if (end_ == End::low)
      for (std::size_t c = 0; c < magnitudes.size(); ++c)
        magnitudes[c] = std::max(-magnitudes[c], std::min(low[c], 0.0));
    return magnitudes;
  };
  switch (type()) {
    case StatisticsType::min:
      return low;
    case StatisticsType::max:
      return high;
    case StatisticsType::abs_max: {
      Values largest = high;
      for (std::size_t c = 0; c < largest.size(); ++c)
        largest[c] = std::max(std::abs(low[c]), std::abs(high[c]));
      return directed(std::move(largest));
    }
    case StatisticsType::mean: {
      const auto sums =
          clips_mean()
              ? sample.clipped_sums[place_of(measures.clipped_sums, *estimator_.clipping_value)]
              : sample.sums;
      Values means = take(sums, per_channel_, [](double a, double b) { return a + b; });
      const std::size_t channels = per_channel_ ? 1 : sums.size();
      for (double& mean : means) mean /= static_cast<double>(sample.count * channels);
      return means;
    }
    case StatisticsType::quantile:
    case StatisticsType::abs_quantile: {
      const auto found = sample.quantiles[place_of(measures.quantiles, quantile())];
      Values values(found.begin(), found.end());
      return type() == StatisticsType::quantile ? values : directed(std::move(values));
    }
  }
  return {};
}

void RangeSide::add(const Measures& measures, const SampleView& sample) {
  if (is_search(estimator_)) return;
  Values values = value_of(measures, sample);
  if (estimator_.clipping_value) {
    const double limit = *estimator_.clipping_value;
    for (double& value : values) value = std::clamp(value, -limit, limit);
  }
  aggregate_.add(values);
}

std::optional<Search> RangeSide::search() const {
  if (!is_search(estimator_)) return std::nullopt;
  return Search{aggregator(), estimator_.clipping_value};
}

std::vector<float> RangeSide::result() const {
  const Values values = aggregate_.result();
  return {values.begin(), values.end()};
}

Range range_of(const RangeSide& low, const RangeSide& high, const Distribution* distribution) {
  const auto of_low = low.search(), of_high = high.search();
  Range range;
  if (of_low) range = find_range(*distribution, *of_low);
  if (of_high && of_high != of_low) range.high = find_range(*distribution, *of_high).high;
  if (!of_low) range.low = low.result();
  if (!of_high) range.high = high.result();
  return range;
}

}  // namespace octet::statistics
