#pragma once

#include <cstddef>

namespace octet::statistics {

/// Smallest and largest of values; NaN and infinity clear `is_finite` and leave the extremes
/// meaningless.
struct Extremes {
  float low, high;
  bool is_finite;
};

// These read memory once, with the widest instructions that the processor has. Sums are in f64, in
// an order that depends on the sizes alone.

/// Extremes of `count` > 0 contiguous values.
Extremes extremes(const float* values, std::size_t count);
/// The same, and adds the values to `sum`.
Extremes extremes_and_sum(const float* values, std::size_t count, double& sum);

/// For a row-major matrix: widens `low` and `high` (one a column) to hold every row. Returns
/// whether all values are finite.
bool column_extremes(const float* values, std::size_t rows, std::size_t columns, float* low,
                     float* high);
/// Adds each column's values to `sums`.
void column_sums(const float* values, std::size_t rows, std::size_t columns, double* sums);

}  // namespace octet::statistics
