#include "statistics/kernels.hpp"

#include <cstring>
#include <limits>

// One body, written with the compiler's vector types, compiled for each instruction set. The types
// never cross a call, so their width has no part in any calling convention.
namespace octet::statistics {
namespace {

constexpr std::size_t lanes = 16;
using Floats = float __attribute__((vector_size(lanes * sizeof(float))));
using HalfFloats = float __attribute__((vector_size(lanes / 2 * sizeof(float))));
using Doubles = double __attribute__((vector_size(lanes / 2 * sizeof(double))));
constexpr float infinity = std::numeric_limits<float>::infinity();

#define OCTET_INLINE inline __attribute__((always_inline))

/// `WithSum` adds the values to `sum` too.
template <bool WithSum>
OCTET_INLINE Extremes scan(const float* values, std::size_t count, double* sum) {
  constexpr std::size_t unroll = 4;
  Floats low[unroll], high[unroll], poison[unroll];
  Doubles sums[2 * unroll];
  for (std::size_t u = 0; u < unroll; ++u) {
    low[u] = Floats{} + infinity;
    high[u] = Floats{} - infinity;
    poison[u] = Floats{};
    sums[2 * u] = sums[2 * u + 1] = Doubles{};
  }
  const auto take = [&](const float* from, std::size_t u) __attribute__((always_inline)) {
    Floats x;
    std::memcpy(&x, from, sizeof x);
    low[u] = x < low[u] ? x : low[u];
    high[u] = x > high[u] ? x : high[u];
    poison[u] += x * 0.0F;  // NaN as soon as a value is not finite
    if constexpr (WithSum) {
      HalfFloats first, second;
      std::memcpy(&first, from, sizeof first);
      std::memcpy(&second, from + lanes / 2, sizeof second);
      sums[2 * u] += __builtin_convertvector(first, Doubles);
      sums[2 * u + 1] += __builtin_convertvector(second, Doubles);
    }
  };
  std::size_t i = 0;
  for (; i + unroll * lanes <= count; i += unroll * lanes)
    for (std::size_t u = 0; u < unroll; ++u) take(values + i + u * lanes, u);
  for (; i + lanes <= count; i += lanes) take(values + i, 0);

  Extremes result{infinity, -infinity, true};
  float poisoned = 0;
  double total = 0;
  for (; i < count; ++i) {
    result.low = values[i] < result.low ? values[i] : result.low;
    result.high = values[i] > result.high ? values[i] : result.high;
    poisoned += values[i] * 0.0F;
    if constexpr (WithSum) total += double{values[i]};
  }
  for (std::size_t u = 0; u < unroll; ++u)
    for (std::size_t k = 0; k < lanes; ++k) {
      result.low = low[u][k] < result.low ? low[u][k] : result.low;
      result.high = high[u][k] > result.high ? high[u][k] : result.high;
      poisoned += poison[u][k];
    }
  if constexpr (WithSum) {
    for (std::size_t u = 0; u < 2 * unroll; ++u)
      for (std::size_t k = 0; k < lanes / 2; ++k) total += sums[u][k];
    *sum += total;
  }
  result.is_finite = poisoned == 0;
  return result;
}

OCTET_INLINE bool scan_columns(const float* values, std::size_t rows, std::size_t columns,
                               float* low, float* high) {
  Floats poison{};
  float poisoned = 0;
  for (std::size_t r = 0; r < rows; ++r, values += columns) {
    std::size_t c = 0;
    for (; c + lanes <= columns; c += lanes) {
      Floats x, a, b;
      std::memcpy(&x, values + c, sizeof x);
      std::memcpy(&a, low + c, sizeof a);
      std::memcpy(&b, high + c, sizeof b);
      a = x < a ? x : a;
      b = x > b ? x : b;
      poison += x * 0.0F;
      std::memcpy(low + c, &a, sizeof a);
      std::memcpy(high + c, &b, sizeof b);
    }
    for (; c < columns; ++c) {
      low[c] = values[c] < low[c] ? values[c] : low[c];
      high[c] = values[c] > high[c] ? values[c] : high[c];
      poisoned += values[c] * 0.0F;
    }
  }
  for (std::size_t k = 0; k < lanes; ++k) poisoned += poison[k];
  return poisoned == 0;
}

OCTET_INLINE void sum_columns(const float* values, std::size_t rows, std::size_t columns,
                              double* sums) {
  for (std::size_t r = 0; r < rows; ++r, values += columns)
    for (std::size_t c = 0; c < columns; ++c) sums[c] += double{values[c]};
}

#if defined(__x86_64__)
#define OCTET_FOR(isa, name)                                                                     \
  __attribute__((target(isa))) Extremes extremes_##name(const float* v, std::size_t n) {         \
    return scan<false>(v, n, nullptr);                                                           \
  }                                                                                              \
  __attribute__((target(isa)))                                                                   \
  Extremes extremes_and_sum_##name(const float* v, std::size_t n, double* sum) {                 \
    return scan<true>(v, n, sum);                                                                \
  }                                                                                              \
  __attribute__((target(isa))) bool columns_##name(const float* v, std::size_t r, std::size_t c, \
                                                   float* low, float* high) {                    \
    return scan_columns(v, r, c, low, high);                                                     \
  }                                                                                              \
  __attribute__((target(isa))) void sums_##name(const float* v, std::size_t r, std::size_t c,    \
                                                double* sums) {                                  \
    sum_columns(v, r, c, sums);                                                                  \
  }
OCTET_FOR("avx512f,avx512dq,avx512vl", avx512)
OCTET_FOR("avx2", avx2)
OCTET_FOR("sse2", sse2)

/// 2: AVX-512, 1: AVX2, 0: neither.
int instruction_set() {
  static const int set = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                                 __builtin_cpu_supports("avx512vl")
                             ? 2
                         : __builtin_cpu_supports("avx2") ? 1
                                                          : 0;
  return set;
}
#define OCTET_CALL(name, ...)            \
  switch (instruction_set()) {           \
    case 2:                              \
      return name##_avx512(__VA_ARGS__); \
    case 1:                              \
      return name##_avx2(__VA_ARGS__);   \
    default:                             \
      return name##_sse2(__VA_ARGS__);   \
  }
#else
Extremes extremes_any(const float* v, std::size_t n) {
  return scan<false>(v, n, nullptr);
}
Extremes extremes_and_sum_any(const float* v, std::size_t n, double* sum) {
  return scan<true>(v, n, sum);
}
bool columns_any(const float* v, std::size_t r, std::size_t c, float* low, float* high) {
  return scan_columns(v, r, c, low, high);
}
void sums_any(const float* v, std::size_t r, std::size_t c, double* sums) {
  sum_columns(v, r, c, sums);
}
#define OCTET_CALL(name, ...) return name##_any(__VA_ARGS__);
#endif

}  // namespace

Extremes extremes(const float* values, std::size_t count){OCTET_CALL(extremes, values, count)}

Extremes extremes_and_sum(const float* values, std::size_t count, double& sum) {
  OCTET_CALL(extremes_and_sum, values, count, &sum)
}

bool column_extremes(const float* values, std::size_t rows, std::size_t columns, float* low,
                     float* high) {
  OCTET_CALL(columns, values, rows, columns, low, high)
}

void column_sums(const float* values, std::size_t rows, std::size_t columns, double* sums) {
  OCTET_CALL(sums, values, rows, columns, sums)
}

}  // namespace octet::statistics
