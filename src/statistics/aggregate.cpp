#include "statistics/aggregate.hpp"

#include <algorithm>

#include "statistics/quantile.hpp"

namespace octet::statistics {
namespace {

double mean(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum.value() / static_cast<double>(values.size());
}

/// The values between the quantiles `share` and 1 - `share`, both included.
std::vector<double> without_outliers(std::vector<double> values, double share) {
  const double low = quantile(values, share), high = quantile(values, 1 - share);
  const auto is_outlier = [&](double value) { return value < low || value > high; };
  std::vector<double> kept = values;
  std::erase_if(kept, is_outlier);
  return kept.empty() ? values : kept;
}

}  // namespace

void Aggregator::add(std::span<const double> values) {
  const bool is_first = samples_++ == 0;
  channels_ = values.size();
  switch (type_) {
    case AggregatorType::min:
    case AggregatorType::max:
      if (is_first) extremes_.assign(values.begin(), values.end());
      for (std::size_t c = 0; c < channels_; ++c)
        extremes_[c] = type_ == AggregatorType::min ? std::min(extremes_[c], values[c])
                                                    : std::max(extremes_[c], values[c]);
      return;
    case AggregatorType::mean:
      sums_.resize(channels_);
      for (std::size_t c = 0; c < channels_; ++c) sums_[c].add(values[c]);
      return;
    default:
      all_.insert(all_.end(), values.begin(), values.end());
  }
}

std::vector<double> Aggregator::result() const {
  if (!extremes_.empty()) return extremes_;
  std::vector<double> result(channels_);
  for (std::size_t c = 0; c < channels_; ++c) {
    if (!sums_.empty()) {
      result[c] = sums_[c].value() / static_cast<double>(samples_);
      continue;
    }
    std::vector<double> values;
    for (std::size_t i = c; i < all_.size(); i += channels_) values.push_back(all_[i]);
    const bool drops =
        type_ == AggregatorType::mean_no_outliers || type_ == AggregatorType::median_no_outliers;
    if (drops) values = without_outliers(std::move(values), outliers_);
    result[c] = type_ == AggregatorType::mean_no_outliers ? mean(values) : quantile(values, 0.5);
  }
  return result;
}

}  // namespace octet::statistics
