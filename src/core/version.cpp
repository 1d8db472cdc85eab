#include "octet/version.hpp"

namespace octet {
const char* version() {
  return OCTET_VERSION;
}
}  // namespace octet
