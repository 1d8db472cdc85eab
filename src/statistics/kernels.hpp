#pragma once

#include <cstddef>

namespace octet::statistics {

// These read memory once, with the widest instructions that the processor has. Sums add up to 8
// values in f32, and those sums in f64, in an order that depends on the sizes alone: the error is
// at most 5e-7 of the values' mean magnitude.

/// Smallest and largest of values, NaN and infinity left aside.
struct Extremes {
  float low, high;
  bool is_finite;  ///< no value is NaN or infinite; if one is, the rest means nothing
};

/// Of `count` contiguous values; low is +infinity and high -infinity where there are none.
Extremes extremes(const float* values, std::size_t count);
/// The same, and sets `sum` to the sum of the values.
Extremes extremes_and_sum(const float* values, std::size_t count, double& sum);

/// For a row-major matrix: sets `low` and `high`, one a column. Returns whether all values are
/// finite.
bool column_extremes(const float* values, std::size_t rows, std::size_t columns, float* low,
                     float* high);
/// The same, and sets `sums` to the columns' sums.
bool column_extremes_and_sums(const float* values, std::size_t rows, std::size_t columns,
                              float* low, float* high, double* sums);

}  // namespace octet::statistics
