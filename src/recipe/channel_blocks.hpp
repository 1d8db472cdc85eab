#pragma once

#include <cstddef>
#include <vector>

#include <openvino/core/shape.hpp>

namespace octet::recipe {

/// Number of channels over `axes` of `shape` (1 where there are no axes).
inline std::size_t channel_count(const ov::Shape& shape, const std::vector<std::size_t>& axes) {
  std::size_t count = 1;
  for (const std::size_t axis : axes) count *= shape.at(axis);
  return count;
}

/// Calls `visit(first, size, channel)` for every contiguous run of elements of one channel, in
/// memory's order. Channels are numbered row-major over `axes`, which are ascending.
template <typename Visit>
void for_each_block(const ov::Shape& shape, const std::vector<std::size_t>& axes,
                    const Visit& visit) {
  if (ov::shape_size(shape) == 0) return;
  const std::size_t leading = axes.empty() ? 0 : axes.back() + 1;
  std::size_t size = 1;
  for (std::size_t i = leading; i < shape.size(); ++i) size *= shape[i];

  std::vector<std::size_t> step(leading, 0);
  std::size_t stride = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    step[axes[i]] = stride;
    stride *= shape[axes[i]];
  }
  std::vector<std::size_t> position(leading, 0);
  std::size_t channel = 0, first = 0;
  while (true) {
    visit(first, size, channel);
    first += size;
    std::size_t i = leading;
    while (i-- > 0) {
      channel += step[i];
      if (++position[i] < shape[i]) break;
      channel -= step[i] * shape[i];
      position[i] = 0;
      if (i == 0) return;
    }
    if (leading == 0) return;
  }
}

}  // namespace octet::recipe
