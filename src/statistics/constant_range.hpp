#pragma once

#include <vector>

#include "statistics/statistics.hpp"

namespace octet::statistics {

/// The range of values that are known, such as a weight's: `channels` runs of equal length, one
/// after the other. They count as one sample, so that aggregators other than the searches change
/// nothing. One range for all channels unless `per_channel`. The estimator has every field set.
Range range_of_constant(const std::vector<float>& values, std::size_t channels, bool per_channel,
                        const RangeEstimatorParameters& estimator);

}  // namespace octet::statistics
