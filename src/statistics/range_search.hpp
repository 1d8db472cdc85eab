#pragma once

#include "statistics/log_histogram.hpp"
#include "statistics/statistics.hpp"

namespace octet::statistics {

/// How all values of a tensor are spread, for estimators that look for the best range.
struct Distribution {
  float low, high;  ///< the exact extremes
  std::vector<LogHistogram::Bucket> buckets;
};

/// The range within [low, high] that a greedy search finds to quantize to 256 levels with the least
/// squared error: starting from the whole range, it gives up 1e-5 of the values at a time, on the
/// side that shortens the range more, until the error grows. Over 2048 bins of equal width.
Range histogram_range(const Distribution& distribution);

/// The range around zero with the least expected squared error of 256 levels, of all pairs of 128
/// shares of `low` and 128 of `high`. Zero costs nothing, it is always a code; values nearer to
/// zero than half a step cost their square; other values inside cost step²/12; those outside, their
/// distance's square.
Range mse_range(const Distribution& distribution);

}  // namespace octet::statistics
