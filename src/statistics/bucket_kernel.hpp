#pragma once

#include <cstddef>
#include <cstdint>

namespace octet::statistics {

/// Adds one to `counts[bits of the value >> shift]` for each value. Zeros, of which there are many
/// behind a ReLU, cost next to nothing. A count must not overflow.
void count_buckets(const float* values, std::size_t count, int shift, std::uint32_t* counts);

}  // namespace octet::statistics
