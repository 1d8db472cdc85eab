#include "statistics/kernels.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "statistics/instructions.hpp"

namespace octet::statistics {
namespace {

constexpr std::size_t lanes = 16;
using Floats = float __attribute__((vector_size(lanes * sizeof(float))));
using HalfFloats = float __attribute__((vector_size(lanes / 2 * sizeof(float))));
using Doubles = double __attribute__((vector_size(lanes / 2 * sizeof(double))));
constexpr float infinity = std::numeric_limits<float>::infinity();

template <bool WithSum>
struct Lanes;

/// What has been seen in each of 16 lanes.
template <>
struct Lanes<false> {
  Floats low, high, poison;  ///< `poison` is NaN as soon as a value is not finite, else 0

  OCTET_INLINE void clear() {
    low = Floats{} + infinity;
    high = Floats{} - infinity;
    poison = Floats{};
  }
  OCTET_INLINE void take(const float* from) {
    Floats x;
    std::memcpy(&x, from, sizeof x);
    low = x < low ? x : low;
    high = x > high ? x : high;
    poison += x * 0.0F;
  }
  static constexpr std::size_t group = 1 << 16;  ///< takes between two flushes: any number will do
  OCTET_INLINE void flush() {}
  OCTET_INLINE void merge(const Lanes& other) {
    low = other.low < low ? other.low : low;
    high = other.high > high ? other.high : high;
    poison += other.poison;
  }
  OCTET_INLINE bool is_finite() const {
    float sum = 0;
    for (std::size_t k = 0; k < lanes; ++k) sum += poison[k];
    return sum == 0;
  }
};

/// With sums: up to 8 sixteenths of values are added in f32, which cannot overflow, then those sums
/// in f64. They tell of what is not finite, too: finite floats never add up to infinity in f64.
template <>
struct Lanes<true> {
  static constexpr std::size_t group = 8;  ///< takes between two flushes
  static constexpr float share = 1.0F / 16;

  Floats low, high, partial;
  Doubles first, second;

  OCTET_INLINE void clear() {
    low = Floats{} + infinity;
    high = Floats{} - infinity;
    partial = Floats{};
    first = second = Doubles{};
  }
  OCTET_INLINE void take(const float* from) {
    Floats x;
    std::memcpy(&x, from, sizeof x);
    low = x < low ? x : low;
    high = x > high ? x : high;
    partial += x * share;
  }
  OCTET_INLINE void flush() {
    HalfFloats halves[2];
    std::memcpy(halves, &partial, sizeof partial);
    first += __builtin_convertvector(halves[0], Doubles);
    second += __builtin_convertvector(halves[1], Doubles);
    partial = Floats{};
  }
  OCTET_INLINE void merge(const Lanes& other) {
    low = other.low < low ? other.low : low;
    high = other.high > high ? other.high : high;
    first += other.first;
    second += other.second;
  }
  OCTET_INLINE bool is_finite() const { return total() - total() == 0; }
  OCTET_INLINE double total() const {
    const Doubles pairs = first + second;
    double sum = 0;
    for (std::size_t k = 0; k < lanes / 2; ++k) sum += pairs[k];
    return sum / share;
  }
  OCTET_INLINE double sum_of(std::size_t lane) const {
    return (lane < lanes / 2 ? first[lane] : second[lane - lanes / 2]) / share;
  }
};

OCTET_INLINE float smallest(const Floats& values) {
  float least = values[0];
  for (std::size_t k = 1; k < lanes; ++k) least = values[k] < least ? values[k] : least;
  return least;
}
OCTET_INLINE float largest(const Floats& values) {
  float most = values[0];
  for (std::size_t k = 1; k < lanes; ++k) most = values[k] > most ? values[k] : most;
  return most;
}

template <bool WithSum>
OCTET_INLINE Extremes scan(const float* values, std::size_t count, double* sum) {
  constexpr std::size_t unroll = 4;
  Lanes<WithSum> seen[unroll];
  for (auto& part : seen) part.clear();
  constexpr std::size_t step = unroll * lanes, group = Lanes<WithSum>::group;
  std::size_t i = 0;
  while (i + step <= count) {
    const std::size_t end = i + step * std::min(group, (count - i) / step);
    for (; i < end; i += step)
      for (std::size_t u = 0; u < unroll; ++u) seen[u].take(values + i + u * lanes);
    for (auto& part : seen) part.flush();
  }
  for (; i + lanes <= count; i += lanes) seen[0].take(values + i);  // fewer than `unroll`
  seen[0].flush();
  seen[0].merge(seen[1]);
  seen[2].merge(seen[3]);
  seen[0].merge(seen[2]);
  Extremes result{smallest(seen[0].low), largest(seen[0].high), seen[0].is_finite()};
  if constexpr (WithSum) *sum = seen[0].total();
  for (; i < count; ++i) {
    const float x = values[i];
    result.low = x < result.low ? x : result.low;
    result.high = x > result.high ? x : result.high;
    result.is_finite = result.is_finite && x - x == 0;
    if constexpr (WithSum) *sum += double{x};
  }
  return result;
}

/// Results of a matrix's columns.
struct Columns {
  float* low;
  float* high;
  double* sums;  ///< null without sums
};

/// Widens the results of column `c` by a lane's.
template <bool WithSum>
OCTET_INLINE void store(const Lanes<WithSum>& seen, std::size_t lane, const Columns& columns,
                        std::size_t c) {
  columns.low[c] = std::min(columns.low[c], float{seen.low[lane]});
  columns.high[c] = std::max(columns.high[c], float{seen.high[lane]});
  if constexpr (WithSum) columns.sums[c] += seen.sum_of(lane);
}

constexpr std::size_t longest_period = 8;  // vectors

/// Columns whose pattern repeats after `vectors` vectors: the matrix is read from end to end.
template <bool WithSum, std::size_t vectors>
OCTET_INLINE bool scan_period(const float* values, std::size_t count, std::size_t width,
                              const Columns& columns) {
  Lanes<WithSum> seen[vectors];
  constexpr std::size_t step = vectors * lanes;
  for (std::size_t u = 0; u < vectors; ++u) seen[u].clear();
  std::size_t i = 0;
  while (i + step <= count) {
    const std::size_t end = i + step * std::min(Lanes<WithSum>::group, (count - i) / step);
    for (; i < end; i += step)
      for (std::size_t u = 0; u < vectors; ++u) seen[u].take(values + i + u * lanes);
    for (std::size_t u = 0; u < vectors; ++u) seen[u].flush();
  }
  bool is_finite = true;
  for (std::size_t u = 0; u < vectors; ++u) {
    for (std::size_t k = 0; k < lanes; ++k) store(seen[u], k, columns, (u * lanes + k) % width);
    is_finite = seen[u].is_finite() && is_finite;
  }
  for (; i < count; ++i) {
    const float x = values[i];
    const std::size_t c = i % width;
    columns.low[c] = x < columns.low[c] ? x : columns.low[c];
    columns.high[c] = x > columns.high[c] ? x : columns.high[c];
    is_finite = is_finite && x - x == 0;
    if constexpr (WithSum) columns.sums[c] += double{x};
  }
  return is_finite;
}

/// Takes `Rows` rows of a vector's columns at once. Rows side by side are as many streams, each
/// read from end to end, which suits the processor's prefetchers.
template <std::size_t Rows, bool WithSum>
OCTET_INLINE void take_rows(const float* values, std::size_t width, std::size_t vectors,
                            Lanes<WithSum>* results) {
  for (std::size_t v = 0; v < vectors; ++v) {
    Lanes<WithSum> seen = results[v];
    for (std::size_t r = 0; r < Rows; ++r) seen.take(values + v * lanes + r * width);
    seen.flush();
    results[v] = seen;
  }
}

constexpr std::size_t widest_strip = 64;  // vectors

/// `vectors` vectors of columns, from column `first` on; results are stored from column `from` on.
template <bool WithSum>
OCTET_INLINE bool scan_strip(const float* values, std::size_t rows, std::size_t width,
                             std::size_t first, std::size_t vectors, std::size_t from,
                             const Columns& columns) {
  Lanes<WithSum> seen[widest_strip];
  for (std::size_t v = 0; v < vectors; ++v) seen[v].clear();
  const float* row = values + first;
  constexpr std::size_t at_once = 8;
  static_assert(at_once <= Lanes<WithSum>::group);
  std::size_t r = 0;
  for (; r + at_once <= rows; r += at_once, row += at_once * width)
    take_rows<at_once>(row, width, vectors, seen);
  for (; r < rows; ++r, row += width) take_rows<1>(row, width, vectors, seen);
  bool is_finite = true;
  for (std::size_t v = 0; v < vectors; ++v) is_finite = seen[v].is_finite() && is_finite;
  for (std::size_t c = from; c < first + vectors * lanes; ++c)
    store(seen[(c - first) / lanes], (c - first) % lanes, columns, c);
  return is_finite;
}

template <bool WithSum>
OCTET_INLINE bool scan_columns(const float* values, std::size_t rows, std::size_t width,
                               const Columns& columns) {
  for (std::size_t c = 0; c < width; ++c) {
    columns.low[c] = infinity;
    columns.high[c] = -infinity;
    if constexpr (WithSum) columns.sums[c] = 0;
  }
  const std::size_t period = width / std::gcd(width, lanes);
  // Several periods at once hide the time that an operation takes.
  switch (period <= longest_period ? period * (longest_period / period) : 0) {
    case 5:
      return scan_period<WithSum, 5>(values, rows * width, width, columns);
    case 6:
      return scan_period<WithSum, 6>(values, rows * width, width, columns);
    case 7:
      return scan_period<WithSum, 7>(values, rows * width, width, columns);
    case 8:
      return scan_period<WithSum, 8>(values, rows * width, width, columns);
  }

  bool is_finite = true;
  const std::size_t whole = width / lanes * lanes;
  for (std::size_t c = 0; c < whole; c += widest_strip * lanes)
    is_finite = scan_strip<WithSum>(values, rows, width, c,
                                    std::min(widest_strip, (whole - c) / lanes), c, columns) &&
                is_finite;
  if (whole == width) return is_finite;
  // The last vector overlaps the one before.
  return scan_strip<WithSum>(values, rows, width, width - lanes, 1, whole, columns) && is_finite;
}

#define OCTET_FOR(attributes, name)                                                                \
  attributes Extremes extremes_##name(const float* v, std::size_t n) {                             \
    return scan<false>(v, n, nullptr);                                                             \
  }                                                                                                \
  attributes Extremes extremes_and_sum_##name(const float* v, std::size_t n, double* sum) {        \
    return scan<true>(v, n, sum);                                                                  \
  }                                                                                                \
  attributes bool columns_##name(const float* v, std::size_t r, std::size_t c, const Columns& o) { \
    return scan_columns<false>(v, r, c, o);                                                        \
  }                                                                                                \
  attributes bool columns_and_sums_##name(const float* v, std::size_t r, std::size_t c,            \
                                          const Columns& o) {                                      \
    return scan_columns<true>(v, r, c, o);                                                         \
  }

OCTET_FOR_EACH_SET(OCTET_FOR)

}  // namespace

Extremes extremes(const float* values, std::size_t count){OCTET_CALL(extremes, values, count)}

Extremes extremes_and_sum(const float* values, std::size_t count, double& sum) {
  OCTET_CALL(extremes_and_sum, values, count, &sum)
}

bool column_extremes(const float* values, std::size_t rows, std::size_t columns, float* low,
                     float* high) {
  OCTET_CALL(columns, values, rows, columns, {low, high, nullptr})
}

bool column_extremes_and_sums(const float* values, std::size_t rows, std::size_t columns,
                              float* low, float* high, double* sums) {
  OCTET_CALL(columns_and_sums, values, rows, columns, {low, high, sums})
}

}  // namespace octet::statistics
