#include "core/input_shape.hpp"

#include <algorithm>

namespace octet::core {

ov::Shape example_shape(const ov::PartialShape& shape) {
  if (shape.rank().is_dynamic()) return {1};
  ov::Shape result;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const ov::Dimension& dimension = shape[static_cast<std::ptrdiff_t>(axis)];
    if (dimension.is_static()) {
      result.push_back(static_cast<std::size_t>(dimension.get_length()));
      continue;
    }
    std::int64_t side = axis == 0 ? 1 : shape.size() == 4 ? 224 : 16;
    side = std::max<std::int64_t>({side, dimension.get_min_length(), 1});
    if (dimension.get_max_length() > 0) side = std::min(side, dimension.get_max_length());
    result.push_back(static_cast<std::size_t>(side));
  }
  return result;
}

}  // namespace octet::core
