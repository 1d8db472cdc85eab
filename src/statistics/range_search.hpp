#pragma once

#include <optional>

#include "statistics/log_histogram.hpp"
#include "statistics/statistics.hpp"

namespace octet::statistics {

/// How all values of a tensor are spread, for estimators that look for the best range.
struct Distribution {
  float low, high;  ///< the exact extremes
  std::vector<LogHistogram::Bucket> buckets;
};

/// How to look for a range.
struct Search {
  AggregatorType type;            ///< histogram or mse
  std::optional<float> clipping;  ///< values count as if they were clamped to ± this
  bool operator==(const Search&) const = default;
};

/// The range of 256 levels with the least squared error that the search finds.
Range find_range(const Distribution& distribution, const Search& search);

}  // namespace octet::statistics
