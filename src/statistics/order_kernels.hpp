#pragma once

#include <cstddef>
#include <vector>

namespace octet::statistics {

/// Most values at either end of a column that `column_ends` finds.
constexpr std::size_t most_ends = 4;
/// Columns below that have their values looked at one by one.
constexpr std::size_t least_columns = 16;

/// For a row-major matrix of finite values, or of their magnitudes: the `ends` least values of each
/// column, in ascending order, and its `ends` largest ones, in descending order. `low[k * columns +
/// c]` is the k-th of column c; +infinity, or -infinity in `high`, where there are fewer rows.
/// `ends` is 2 or `most_ends`, `columns` at least `least_columns`.
void column_ends(const float* values, std::size_t rows, std::size_t columns, bool of_magnitudes,
                 std::size_t ends, float* low, float* high);

/// Values that lie between two limits, picked out of many, and how many lie elsewhere.
struct Sieve {
  float low, high;  ///< low <= high; may be infinite
  std::size_t below = 0, at_low = 0, at_high = 0;
  std::vector<float> between;  ///< in the order in which they came
};
/// Puts finite values, or their magnitudes, through all of `sieves`, reading memory once.
void sift(const float* values, std::size_t count, bool of_magnitudes, std::vector<Sieve>& sieves);

}  // namespace octet::statistics
