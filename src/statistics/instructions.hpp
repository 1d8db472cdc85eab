#pragma once

// One body, written with the compiler's vector types, is compiled for each instruction set. The
// types never cross a call, so their width has no part in any calling convention.

#define OCTET_INLINE inline __attribute__((always_inline))

#if defined(__x86_64__)

#define OCTET_AVX512 \
  __attribute__((target("avx512f,avx512dq,avx512vl,popcnt,prefer-vector-width=512")))
#define OCTET_AVX2 __attribute__((target("avx2")))

namespace octet::statistics {

enum class Instructions { any, avx2, avx512 };
/// The best that this processor has.
inline Instructions instructions() {
  static const Instructions best = __builtin_cpu_supports("avx512f") &&
                                           __builtin_cpu_supports("avx512dq") &&
                                           __builtin_cpu_supports("avx512vl")
                                       ? Instructions::avx512
                                   : __builtin_cpu_supports("avx2") ? Instructions::avx2
                                                                    : Instructions::any;
  return best;
}

}  // namespace octet::statistics

/// Returns what `name_avx512`, `name_avx2` or `name_any` returns.
#define OCTET_CALL(name, ...)            \
  switch (instructions()) {              \
    case Instructions::avx512:           \
      return name##_avx512(__VA_ARGS__); \
    case Instructions::avx2:             \
      return name##_avx2(__VA_ARGS__);   \
    default:                             \
      return name##_any(__VA_ARGS__);    \
  }
/// Calls `for_set(attributes, suffix)` for each instruction set.
#define OCTET_FOR_EACH_SET(for_set) \
  for_set(OCTET_AVX512, avx512) for_set(OCTET_AVX2, avx2) for_set(, any)

#else

#define OCTET_CALL(name, ...) return name##_any(__VA_ARGS__);
#define OCTET_FOR_EACH_SET(for_set) for_set(, any)

#endif
