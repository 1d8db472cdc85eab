#pragma once

#include <cstddef>
#include <vector>

namespace octet::statistics {

/// The value below which `share` of `values` lies, linear between neighbours, as numpy's default.
/// Reorders `values`, of which there is at least one.
double quantile(std::vector<double>& values, double share);

/// Exactly the same of finite floats, or of their magnitudes, a quantile for each of `shares`.
/// There is at least one value; they stay as they are.
std::vector<double> quantiles(const float* values, std::size_t count, bool of_magnitudes,
                              const std::vector<double>& shares);
/// Of each column of a row-major matrix: `result[i * columns + c]` is for `shares[i]`.
std::vector<double> column_quantiles(const float* values, std::size_t rows, std::size_t columns,
                                     bool of_magnitudes, const std::vector<double>& shares);

}  // namespace octet::statistics
