#pragma once

#include "octet/export.hpp"

namespace octet {
/// Version of the library, such as "0.1.0".
OCTET_API const char* version();
}  // namespace octet
