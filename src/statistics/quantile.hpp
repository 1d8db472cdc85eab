#pragma once

#include <vector>

#include "statistics/measures.hpp"

namespace octet::statistics {

/// The value below which `share` of `values` lies, linear between neighbours, as numpy's default.
/// Reorders `values`, of which there is at least one.
double quantile(std::vector<double>& values, double share);
/// The same for floats; for quantiles of magnitudes the values become their magnitudes.
double quantile(std::vector<float>& values, const Quantile& wanted);

}  // namespace octet::statistics
