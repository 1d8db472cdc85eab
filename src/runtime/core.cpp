#include "runtime/core.hpp"

namespace octet::runtime {

ov::Core& core() {
  static ov::Core shared;
  return shared;
}

}  // namespace octet::runtime
