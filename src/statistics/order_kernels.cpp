#include "statistics/order_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "statistics/instructions.hpp"

namespace octet::statistics {
namespace {

/// As wide as the processor's registers: the compiler takes comparisons of wider vectors apart into
/// single numbers.
template <std::size_t Bytes>
struct Vector;
#define OCTET_VECTOR(bytes)                                            \
  template <>                                                          \
  struct Vector<bytes> {                                               \
    using Floats = float __attribute__((vector_size(bytes)));          \
    using Integers = std::int32_t __attribute__((vector_size(bytes))); \
    static constexpr std::size_t lanes = bytes / sizeof(float);        \
    static_assert(least_columns % lanes == 0);                         \
  };
OCTET_VECTOR(16)
OCTET_VECTOR(32)
OCTET_VECTOR(64)
constexpr float infinity = std::numeric_limits<float>::infinity();

/// The bits of a float that count: all of them, or all but its sign.
std::int32_t mask_of(bool of_magnitudes) {
  return of_magnitudes ? 0x7FFFFFFF : -1;
}

template <typename V>
OCTET_INLINE void load(const float* from, std::int32_t mask, typename V::Floats& x) {
  typename V::Integers bits;
  std::memcpy(&bits, from, sizeof bits);
  bits &= mask;
  std::memcpy(&x, &bits, sizeof x);
}

/// The least and the largest values of a vector's columns.
template <typename V, std::size_t Ends>
struct EndsOfLanes {
  using Floats = typename V::Floats;
  Floats low[Ends], high[Ends];

  OCTET_INLINE void clear() {
    for (std::size_t k = 0; k < Ends; ++k) {
      low[k] = Floats{} + infinity;
      high[k] = Floats{} - infinity;
    }
  }
  OCTET_INLINE void take(const Floats& x) {
    Floats up = x, down = x;
    for (std::size_t k = 0; k < Ends; ++k) {
      const Floats least = up < low[k] ? up : low[k], most = down > high[k] ? down : high[k];
      up = up < low[k] ? low[k] : up;
      down = down > high[k] ? high[k] : down;
      low[k] = least;
      high[k] = most;
    }
  }
};

constexpr std::size_t widest_strip = 16;  // vectors

template <typename V, std::size_t Ends, std::size_t Rows>
OCTET_INLINE void take_rows(const float* values, std::size_t width, std::size_t vectors,
                            std::int32_t mask, EndsOfLanes<V, Ends>* results) {
  for (std::size_t v = 0; v < vectors; ++v) {
    EndsOfLanes<V, Ends> seen = results[v];
    for (std::size_t r = 0; r < Rows; ++r) {
      typename V::Floats x;
      load<V>(values + v * V::lanes + r * width, mask, x);
      seen.take(x);
    }
    results[v] = seen;
  }
}

/// `vectors` vectors of columns, from column `first` on.
template <typename V, std::size_t Ends>
OCTET_INLINE void ends_of_strip(const float* values, std::size_t rows, std::size_t width,
                                std::size_t first, std::size_t vectors, std::int32_t mask,
                                float* low, float* high) {
  EndsOfLanes<V, Ends> seen[widest_strip];
  for (std::size_t v = 0; v < vectors; ++v) seen[v].clear();
  const float* row = values + first;
  constexpr std::size_t at_once = 4;
  std::size_t r = 0;
  for (; r + at_once <= rows; r += at_once, row += at_once * width)
    take_rows<V, Ends, at_once>(row, width, vectors, mask, seen);
  for (; r < rows; ++r, row += width) take_rows<V, Ends, 1>(row, width, vectors, mask, seen);
  for (std::size_t v = 0; v < vectors; ++v)
    for (std::size_t k = 0; k < Ends; ++k) {
      std::memcpy(low + k * width + first + v * V::lanes, &seen[v].low[k], sizeof seen[v].low[k]);
      std::memcpy(high + k * width + first + v * V::lanes, &seen[v].high[k], sizeof seen[v].low[k]);
    }
}

template <typename V, std::size_t Ends>
OCTET_INLINE void ends_of_columns(const float* values, std::size_t rows, std::size_t width,
                                  std::int32_t mask, float* low, float* high) {
  const std::size_t whole = width / V::lanes * V::lanes;
  for (std::size_t c = 0; c < whole; c += widest_strip * V::lanes)
    ends_of_strip<V, Ends>(values, rows, width, c, std::min(widest_strip, (whole - c) / V::lanes),
                           mask, low, high);
  // The last vector overlaps the one before.
  if (whole != width)
    ends_of_strip<V, Ends>(values, rows, width, width - V::lanes, 1, mask, low, high);
}

template <typename V>
OCTET_INLINE void ends_of(const float* values, std::size_t rows, std::size_t width,
                          std::int32_t mask, std::size_t ends, float* low, float* high) {
  static_assert(most_ends == 4);
  ends <= 2 ? ends_of_columns<V, 2>(values, rows, width, mask, low, high)
            : ends_of_columns<V, 4>(values, rows, width, mask, low, high);
}

constexpr std::size_t block = 1024;  // floats: stays in the nearest cache for all sieves

OCTET_INLINE float masked(float value, std::int32_t mask) {
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(value) & mask);
}

/// Puts what lies between the limits behind the first `found` of `out`; returns how many there are
/// now. There is room for all of them and 16 more.
OCTET_INLINE std::size_t sift_any(const float* values, std::size_t count, std::int32_t mask,
                                  Sieve& sieve, float* out, std::size_t found) {
  constexpr std::size_t group = 64;
  const float low = sieve.low, high = sieve.high;
  for (std::size_t i = 0; i < count; i += group) {
    const std::size_t end = std::min(i + group, count);
    std::int32_t below = 0, at_low = 0, at_high = 0, inside = 0;
    for (std::size_t k = i; k < end; ++k) {
      const float x = masked(values[k], mask);
      below += x < low;
      at_low += x == low;
      at_high += x == high;
      inside += static_cast<std::int32_t>(x > low) & static_cast<std::int32_t>(x < high);
    }
    sieve.below += static_cast<std::size_t>(below);
    sieve.at_low += static_cast<std::size_t>(at_low);
    sieve.at_high += static_cast<std::size_t>(at_high);
    if (inside == 0) continue;
    for (std::size_t k = i; k < end; ++k) {  // no branch: which these are cannot be foreseen
      const float x = masked(values[k], mask);
      out[found] = x;
      found += static_cast<std::size_t>(x > low) & static_cast<std::size_t>(x < high);
    }
  }
  return found;
}

#if defined(__x86_64__)
OCTET_AVX2 OCTET_INLINE std::size_t sift_avx2(const float* values, std::size_t count,
                                              std::int32_t mask, Sieve& sieve, float* out,
                                              std::size_t found) {
  return sift_any(values, count, mask, sieve, out, found);
}

OCTET_AVX512 OCTET_INLINE std::size_t sift_avx512(const float* values, std::size_t count,
                                                  std::int32_t mask, Sieve& sieve, float* out,
                                                  std::size_t found) {
  const __m512 low = _mm512_set1_ps(sieve.low), high = _mm512_set1_ps(sieve.high);
  const __m512i bits = _mm512_set1_epi32(mask);
  const auto ones = [](__mmask16 flags) {
    return static_cast<std::size_t>(__builtin_popcount(static_cast<unsigned>(flags)));
  };
  std::size_t i = 0, below = 0, at_low = 0, at_high = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 x = _mm512_castsi512_ps(_mm512_and_si512(_mm512_loadu_si512(values + i), bits));
    below += ones(_mm512_cmp_ps_mask(x, low, _CMP_LT_OQ));
    at_low += ones(_mm512_cmp_ps_mask(x, low, _CMP_EQ_OQ));
    at_high += ones(_mm512_cmp_ps_mask(x, high, _CMP_EQ_OQ));
    const __mmask16 inside =
        _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(x, low, _CMP_GT_OQ), x, high, _CMP_LT_OQ);
    if (inside == 0) continue;
    // Not straight to memory, which some processors do slowly.
    _mm512_storeu_ps(out + found, _mm512_maskz_compress_ps(inside, x));
    found += ones(inside);
  }
  sieve.below += below;
  sieve.at_low += at_low;
  sieve.at_high += at_high;
  return sift_any(values + i, count - i, mask, sieve, out, found);
}
#endif

[[maybe_unused]] constexpr std::size_t bytes_avx512 = 64, bytes_avx2 = 32, bytes_any = 16;

#define OCTET_FOR(attributes, name)                                                            \
  attributes void ends_##name(const float* v, std::size_t r, std::size_t c, std::int32_t m,    \
                              std::size_t e, float* low, float* high) {                        \
    ends_of<Vector<bytes_##name>>(v, r, c, m, e, low, high);                                   \
  }                                                                                            \
  attributes void sift_all_##name(const float* v, std::size_t n, std::int32_t m,               \
                                  std::vector<Sieve>& sieves) {                                \
    for (std::size_t i = 0; i < n; i += block)                                                 \
      for (Sieve & sieve : sieves) {                                                           \
        const std::size_t size = std::min(block, n - i), found = sieve.between.size();         \
        sieve.between.resize(found + size + 16);                                               \
        sieve.between.resize(sift_##name(v + i, size, m, sieve, sieve.between.data(), found)); \
      }                                                                                        \
  }
OCTET_FOR_EACH_SET(OCTET_FOR)

}  // namespace

void column_ends(const float* values, std::size_t rows, std::size_t columns, bool of_magnitudes,
                 std::size_t ends, float* low, float* high) {
  OCTET_CALL(ends, values, rows, columns, mask_of(of_magnitudes), ends, low, high)
}

void sift(const float* values, std::size_t count, bool of_magnitudes, std::vector<Sieve>& sieves) {
  OCTET_CALL(sift_all, values, count, mask_of(of_magnitudes), sieves)
}

}  // namespace octet::statistics
