#pragma once

#include <openvino/runtime/core.hpp>

namespace octet::runtime {

/// The one `ov::Core`: making one loads plugins, which takes time. Safe to use from many threads.
ov::Core& core();

}  // namespace octet::runtime
