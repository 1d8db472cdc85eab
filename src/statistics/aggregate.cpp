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

State Aggregator::state() const {
  std::vector<std::uint64_t> sums;
  for (const ExactSum& sum : sums_) sum.write(sums);
  return {{"channels", channels_},
          {"samples", samples_},
          {"extremes", pack(extremes_)},
          {"sums", pack(sums)},
          {"all", pack(all_)}};
}

void Aggregator::merge(const State& state) {
  const auto samples = state.at("samples").get<std::size_t>();
  if (samples == 0) return;
  const auto channels = state.at("channels").get<std::size_t>();
  require(samples_ == 0 || channels == channels_, "a range has another number of channels");
  const auto extremes = unpack<double>(state.at("extremes"));
  const auto words = unpack<std::uint64_t>(state.at("sums"));
  const auto all = unpack<float>(state.at("all"));
  const bool is_extreme = type_ == AggregatorType::min || type_ == AggregatorType::max;
  const bool is_mean = type_ == AggregatorType::mean;
  require(extremes.size() == (is_extreme ? channels : 0), "a range has too few extremes");
  require(is_extreme || is_mean ? all.empty()
                                : all.size() % samples == 0 && all.size() / samples == channels,
          "a range has too few values");
  if (is_extreme) add(extremes);  // counts one sample
  std::size_t place = 0;
  if (is_mean) {
    // A channel's sum takes three words at least.
    require(words.size() / 3 >= channels, "a range has too few sums");
    sums_.resize(channels);
    for (ExactSum& sum : sums_) sum.add(ExactSum::read(words, place));
  }
  require(place == words.size(), "a range has too many sums");
  all_.insert(all_.end(), all.begin(), all.end());
  channels_ = channels;
  samples_ += is_extreme ? samples - 1 : samples;
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
