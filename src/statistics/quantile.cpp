#include "statistics/quantile.hpp"

#include <algorithm>
#include <cmath>

namespace octet::statistics {
namespace {

template <typename Number>
double select(std::vector<Number>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), nth, values.end());
  const double fraction = place - static_cast<double>(below);
  if (fraction == 0) return *nth;
  const double above = *std::min_element(nth + 1, values.end());
  return double{*nth} + (above - double{*nth}) * fraction;
}

}  // namespace

double quantile(std::vector<double>& values, double share) {
  return select(values, share);
}

double quantile(std::vector<float>& values, const Quantile& wanted) {
  if (wanted.of_magnitudes)
    for (float& value : values) value = std::abs(value);
  return select(values, wanted.share);
}

}  // namespace octet::statistics
