#include "statistics/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "statistics/order_kernels.hpp"

namespace octet::statistics {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// Where a quantile lies among sorted values: at `below`, or a fraction of the way to the next.
struct Place {
  std::size_t below;
  double fraction;

  Place(double share, std::size_t count) {
    const double place = share * static_cast<double>(count - 1);
    below = static_cast<std::size_t>(place);
    fraction = place - static_cast<double>(below);
  }
  std::size_t last() const { return fraction == 0 ? below : below + 1; }
  /// The nearer end reaches as far as this, in values.
  std::size_t reach(std::size_t count) const { return std::min(last() + 1, count - below); }
  double between(double here, double next) const {
    // Zero has one sign, whichever of equal values was found.
    return (fraction == 0 ? here : here + (next - here) * fraction) + 0.0;
  }
};

template <typename Number>
double select(std::vector<Number>& values, const Place& place) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(place.below);
  std::nth_element(values.begin(), nth, values.end());
  if (place.fraction == 0) return place.between(*nth, 0);
  return place.between(*nth, *std::min_element(nth + 1, values.end()));
}

/// The quantile of column `c`, of `rows` values, from what `column_ends` found.
double from_ends(const Place& place, std::size_t rows, std::size_t columns, std::size_t c,
                 std::size_t ends, const std::vector<float>& low, const std::vector<float>& high) {
  const auto at = [&](std::size_t rank) -> double {
    return place.last() < ends ? low[rank * columns + c] : high[(rows - 1 - rank) * columns + c];
  };
  return place.between(at(place.below), at(place.last()));
}

/// A few values from all over the array. They only say where to look: the steps of the golden ratio
/// do not fall in with any period of the array, such as its channels.
std::vector<float> spread_out(const float* values, std::size_t count, bool of_magnitudes) {
  constexpr std::size_t sample_size = 512;
  std::vector<float> sample(sample_size);
  for (std::size_t i = 0; i < sample_size; ++i) {
    const std::uint64_t step = (i + 1) * 0x9E3779B97F4A7C15U;
    const float x = values[static_cast<std::size_t>(static_cast<double>(step >> 11) * 0x1p-53 *
                                                    static_cast<double>(count))];
    sample[i] = of_magnitudes ? std::abs(x) : x;
  }
  return sample;
}

/// Limits between which the quantile lies, unless the sample is of no use.
Sieve limits(std::vector<float>& sample, double share) {
  const auto size = static_cast<double>(sample.size());
  const double place = share * (size - 1),
               deviation = 4 * std::sqrt(size * share * (1 - share)) + 3;
  const auto at = [&](double rank) {
    const auto nth = sample.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(sample.begin(), nth, sample.end());
    return *nth;
  };
  Sieve sieve;
  sieve.low = place - deviation < 0 ? -infinity : at(place - deviation);
  sieve.high = place + deviation > size - 1 ? infinity : at(place + deviation);
  return sieve;
}

/// Nothing where the quantile lies outside of the sieve's limits.
std::optional<double> from_sieve(Sieve& sieve, const Place& place) {
  const std::size_t inside = sieve.below + sieve.at_low,
                    above = inside + sieve.between.size() +
                            (sieve.low == sieve.high ? 0 : sieve.at_high);
  if (place.below < sieve.below || place.last() >= above) return std::nullopt;
  const auto at = [&](std::size_t rank) -> double {
    if (rank < inside) return sieve.low;
    if (rank >= inside + sieve.between.size()) return sieve.high;
    const auto nth = sieve.between.begin() + static_cast<std::ptrdiff_t>(rank - inside);
    std::nth_element(sieve.between.begin(), nth, sieve.between.end());
    return *nth;
  };
  const double here = at(place.below);
  return place.between(here, at(place.last()));
}

constexpr std::size_t few = 1024;  // values, of which all can be looked at

}  // namespace

double quantile(std::vector<double>& values, double share) {
  return select(values, Place(share, values.size()));
}

std::vector<double> quantiles(const float* values, std::size_t count, bool of_magnitudes,
                              const std::vector<double>& shares) {
  const auto all = [&] {
    std::vector<float> copy(values, values + count);
    if (of_magnitudes)
      for (float& value : copy) value = std::abs(value);
    return copy;
  };
  std::vector<double> result;
  if (count <= few) {
    std::vector<float> copy = all();
    for (const double share : shares) result.push_back(select(copy, Place(share, count)));
    return result;
  }
  std::vector<float> sample = spread_out(values, count, of_magnitudes);
  std::vector<Sieve> sieves;
  for (const double share : shares) sieves.push_back(limits(sample, share));
  sift(values, count, of_magnitudes, sieves);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Place place(shares[i], count);
    std::optional<double> found = from_sieve(sieves[i], place);
    if (!found) {
      std::vector<float> copy = all();
      found = select(copy, place);
    }
    result.push_back(*found);
  }
  return result;
}

std::vector<double> column_quantiles(const float* values, std::size_t rows, std::size_t columns,
                                     bool of_magnitudes, const std::vector<double>& shares) {
  std::vector<double> result(shares.size() * columns);
  std::size_t reach = 2;
  for (const double share : shares) reach = std::max(reach, Place(share, rows).reach(rows));
  if (reach <= most_ends && columns >= least_columns) {
    if (reach > 2) reach = most_ends;
    std::vector<float> low(reach * columns), high(reach * columns);
    column_ends(values, rows, columns, of_magnitudes, reach, low.data(), high.data());
    for (std::size_t i = 0; i < shares.size(); ++i)
      for (std::size_t c = 0; c < columns; ++c)
        result[i * columns + c] =
            from_ends(Place(shares[i], rows), rows, columns, c, reach, low, high);
    return result;
  }
  std::vector<float> column(rows);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < rows; ++r) column[r] = values[r * columns + c];
    const std::vector<double> found = quantiles(column.data(), rows, of_magnitudes, shares);
    for (std::size_t i = 0; i < shares.size(); ++i) result[i * columns + c] = found[i];
  }
  return result;
}

}  // namespace octet::statistics
