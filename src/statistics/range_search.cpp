#include "statistics/range_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octet::statistics {
namespace {

constexpr std::size_t bin_count = 2048;
constexpr std::size_t level_count = 256;
constexpr double step_share = 1e-5;
constexpr std::size_t candidate_count = 128;

double middle(const LogHistogram::Bucket& bucket) {
  return (double{bucket.low} + double{bucket.high}) / 2;
}

/// Integral of (x - centre)² over [from, to], for `centre` at zero.
double squares_between(double from, double to) {
  return (to * to * to - from * from * from) / 3;
}

/// Expected squared error where the bins [first, last] are quantized to the middles of 256 equal
/// parts, and what lies beyond to the outermost of these. In units of a bin's width.
double error_of(const std::vector<double>& bins, std::size_t first, std::size_t last) {
  const double part = static_cast<double>(last - first + 1) / level_count;
  const auto part_of = [&](double place) {
    return std::clamp(std::floor(place / part), 0.0, static_cast<double>(level_count - 1));
  };
  double error = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (bins[i] == 0) continue;
    const double begin = static_cast<double>(i) - static_cast<double>(first), end = begin + 1;
    const double first_part = part_of(begin), last_part = part_of(end);
    const auto centre = [&](double index) { return (index + 0.5) * part; };
    double squares;
    if (first_part == last_part) {
      squares = squares_between(begin - centre(first_part), end - centre(first_part));
    } else {
      squares = squares_between(begin - centre(first_part), part / 2) +
                squares_between(-part / 2, end - centre(last_part)) +
                (last_part - first_part - 1) * squares_between(-part / 2, part / 2);
    }
    error += bins[i] * squares;
  }
  return error;
}

/// Sums over a distribution's buckets up to a place, for O(log n) sums between two places.
class Moments {
 public:
  explicit Moments(const Distribution& distribution) {
    for (const LogHistogram::Bucket& bucket : distribution.buckets) {
      const double x = middle(bucket), count = static_cast<double>(bucket.count);
      places_.push_back(x);
      counts_.push_back(counts_.back() + count);
      sums_.push_back(sums_.back() + count * x);
      squares_.push_back(squares_.back() + count * x * x);
    }
  }
  /// How many values are below `x`, as an index for the sums.
  std::size_t below(double x) const {
    return static_cast<std::size_t>(std::lower_bound(places_.begin(), places_.end(), x) -
                                    places_.begin());
  }
  std::size_t end() const { return places_.size(); }
  double count(std::size_t from, std::size_t to) const { return counts_[to] - counts_[from]; }
  double squares(std::size_t from, std::size_t to) const { return squares_[to] - squares_[from]; }
  /// Sum of (x - place)².
  double distances(std::size_t from, std::size_t to, double place) const {
    return std::max(0.0, squares(from, to) - 2 * place * (sums_[to] - sums_[from]) +
                             place * place * count(from, to));
  }

 private:
  std::vector<double> places_, counts_{0}, sums_{0}, squares_{0};
};

/// The range within [low, high] that a greedy search finds to quantize to 256 levels with the least
/// squared error: starting from the whole range, it gives up 1e-5 of the values at a time, on the
/// side that shortens the range more, until the error grows. Over 2048 bins of equal width.
Range histogram_range(const Distribution& distribution) {
  const double low = distribution.low, high = distribution.high;
  if (!(high > low)) return {{distribution.low}, {distribution.high}};
  const double width = (high - low) / bin_count;
  std::vector<double> bins(bin_count);
  for (const LogHistogram::Bucket& bucket : distribution.buckets) {
    const double place = std::clamp((middle(bucket) - low) / width, 0.0, bin_count - 1.0);
    bins[static_cast<std::size_t>(place)] += static_cast<double>(bucket.count);
  }
  std::vector<double> below(bin_count);  // values up to and including each bin
  double total = 0;
  for (std::size_t i = 0; i < bin_count; ++i) below[i] = total += bins[i];

  std::size_t first = 0, last = bin_count - 1;
  double dropped_below = 0, kept_below = 1;
  double least = std::numeric_limits<double>::infinity();
  while (dropped_below < kept_below) {
    const double next_dropped = dropped_below + step_share, next_kept = kept_below - step_share;
    std::size_t next_first = first, next_last = last;
    while (next_first < last && below[next_first] < next_dropped * total) ++next_first;
    while (next_last > first && below[next_last] > next_kept * total) --next_last;
    if (next_first - first > last - next_last) {
      dropped_below = next_dropped;
      next_last = last;
    } else {
      kept_below = next_kept;
      next_first = first;
    }
    if (next_first == first && next_last == last) continue;
    const double error = error_of(bins, next_first, next_last);
    if (error > least) break;
    least = error;
    first = next_first;
    last = next_last;
  }
  return {{static_cast<float>(low + width * static_cast<double>(first))},
          {static_cast<float>(low + width * static_cast<double>(last + 1))}};
}

/// The range around zero with the least expected squared error of 256 levels, of all pairs of 128
/// shares of `low` and 128 of `high`. Zero costs nothing, it is always a code; values nearer to
/// zero than half a step cost their square; other values inside cost step²/12; those outside, their
/// distance's square.
Range mse_range(const Distribution& distribution) {
  const double low = std::min(distribution.low, 0.0F), high = std::max(distribution.high, 0.0F);
  const Moments moments(distribution);
  const auto share_of = [](double end, std::size_t i) {
    return end * static_cast<double>(i) / candidate_count;
  };
  struct End {
    double place;
    std::size_t inside;  ///< where the values within begin, or end
    double clipped;      ///< error of those beyond
  };
  std::vector<End> highs;
  for (std::size_t j = 0; j <= (high > 0 ? candidate_count : 0); ++j) {
    const double to = share_of(high, j);
    const std::size_t inside = moments.below(to);
    highs.push_back({to, inside, moments.distances(inside, moments.end(), to)});
  }
  double least = std::numeric_limits<double>::infinity();
  Range best{{distribution.low}, {distribution.high}};
  for (std::size_t i = low < 0 ? candidate_count : 0;; --i) {
    const double from = share_of(low, i);
    const std::size_t inside_from = moments.below(from);
    const double clipped_below = moments.distances(0, inside_from, from);
    for (std::size_t j = highs.size(); j-- > 0;) {
      const auto& [to, inside_to, clipped_above] = highs[j];
      const double clipped = clipped_below + clipped_above;
      if (clipped >= least) continue;  // the rest of the error is not negative
      const double step = (to - from) / (level_count - 1);
      const std::size_t small_from = std::clamp(moments.below(-step / 2), inside_from, inside_to);
      const std::size_t small_to = std::clamp(moments.below(step / 2), small_from, inside_to);
      const double rounded =
          moments.count(inside_from, small_from) + moments.count(small_to, inside_to);
      const double error =
          clipped + moments.squares(small_from, small_to) + rounded * step * step / 12;
      if (error < least) {
        least = error;
        best = {{static_cast<float>(from)}, {static_cast<float>(to)}};
      }
    }
    if (i == 0) break;
  }
  return best;
}

Distribution clipped(Distribution distribution, float limit) {
  const auto clip = [&](float& value) { value = std::clamp(value, -limit, limit); };
  clip(distribution.low);
  clip(distribution.high);
  for (LogHistogram::Bucket& bucket : distribution.buckets) {
    clip(bucket.low);
    clip(bucket.high);
  }
  return distribution;
}

}  // namespace

Range find_range(const Distribution& distribution, const Search& search) {
  if (search.clipping)
    return find_range(clipped(distribution, *search.clipping), {search.type, {}});
  return search.type == AggregatorType::mse ? mse_range(distribution)
                                            : histogram_range(distribution);
}

}  // namespace octet::statistics
