#include "core/cpu.hpp"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace octet::core {

bool int8_sums_overflow() {
#if defined(__x86_64__) || defined(__i386__)
  // Intel SDM volume 2, CPUID leaf 7: AVX512_VNNI, AMX-INT8 and AVX-VNNI.
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return true;
  const bool avx512_vnni = (c >> 11) & 1, amx_int8 = (d >> 25) & 1;
  if (!__get_cpuid_count(7, 1, &a, &b, &c, &d)) return !(avx512_vnni || amx_int8);
  const bool avx_vnni = (a >> 4) & 1;
  return !(avx512_vnni || amx_int8 || avx_vnni);
#else
  return false;
#endif
}

}  // namespace octet::core
