#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <openvino/runtime/tensor.hpp>

namespace octet::io {

/// An array in NumPy's `.npy` format, versions 1 to 3
/// (numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Bytes are not copied.
struct NpyArray {
  ov::element::Type type;
  ov::Shape shape;
  bool fortran_order = false;       ///< the first axis varies fastest
  std::span<const std::byte> data;  ///< as many bytes as type and shape say

  /// Elements `index` of the first axis, row-major, with a leading axis of 1.
  ov::Tensor sample(std::size_t index) const;
};

/// Reads the header. `where` names the array in errors. Throws `Error` (corrupt_array).
NpyArray parse_npy(std::span<const std::byte> bytes, const std::string& where);

}  // namespace octet::io
