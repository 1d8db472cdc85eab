#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#ifdef __SANITIZE_ADDRESS__
#include <dlfcn.h>

/// TBB opens its bindings with RTLD_DEEPBIND, which AddressSanitizer refuses by ending the process.
extern "C" __attribute__((visibility("default"))) void* dlopen(const char* file, int mode) {
  using Function = void* (*)(const char*, int);
  static const auto next = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "dlopen"));
  return next(file, mode & ~RTLD_DEEPBIND);
}
#endif
