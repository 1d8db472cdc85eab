#include "statistics/bucket_kernel.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "statistics/instructions.hpp"

namespace octet::statistics {
namespace {

constexpr std::size_t lanes = 16, block = 16 * lanes;

std::uint32_t bits_of(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

OCTET_INLINE void add_one_to_each(const std::uint32_t* places, std::size_t count,
                                  std::uint32_t* counts) {
  for (std::size_t k = 0; k < count; ++k) ++counts[places[k]];
}

/// The places of all values but zeros, one behind the other. Counting a value takes a read and a
/// write; in a row of zeros each would wait for the one before.
OCTET_INLINE std::size_t places_any(const float* values, int shift, std::uint32_t* places) {
  std::size_t found = 0;
  for (std::size_t k = 0; k < block; ++k) {
    const std::uint32_t bits = bits_of(values[k]);
    places[found] = bits >> shift;
    found += bits != 0;
  }
  return found;
}

#if defined(__x86_64__)
OCTET_AVX512 OCTET_INLINE std::size_t places_avx512(const float* values, int shift,
                                                    std::uint32_t* places) {
  std::size_t found = 0;
  for (std::size_t k = 0; k < block; k += lanes) {
    const __m512i bits = _mm512_loadu_si512(values + k);
    const __mmask16 is_counted = _mm512_test_epi32_mask(bits, bits);
    const __m512i place = _mm512_maskz_srl_epi32(is_counted, bits, _mm_cvtsi32_si128(shift));
    _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi32(is_counted, place));
    found += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(is_counted)));
  }
  return found;
}
OCTET_AVX2 OCTET_INLINE std::size_t places_avx2(const float* values, int shift,
                                                std::uint32_t* places) {
  return places_any(values, shift, places);
}
#endif

#define OCTET_FOR(attributes, name)                                                               \
  attributes void count_##name(const float* v, std::size_t n, int shift, std::uint32_t* counts) { \
    std::uint32_t places[block + lanes];                                                          \
    for (; n >= block; n -= block, v += block) {                                                  \
      const std::size_t found = places_##name(v, shift, places);                                  \
      counts[0] += static_cast<std::uint32_t>(block - found);                                     \
      add_one_to_each(places, found, counts);                                                     \
    }                                                                                             \
    for (std::size_t i = 0; i < n; ++i) ++counts[bits_of(v[i]) >> shift];                         \
  }
OCTET_FOR_EACH_SET(OCTET_FOR)

}  // namespace

void count_buckets(const float* values, std::size_t count, int shift, std::uint32_t* counts) {
  OCTET_CALL(count, values, count, shift, counts)
}

}  // namespace octet::statistics
