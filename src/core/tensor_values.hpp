#pragma once

#include <vector>

#include <openvino/runtime/tensor.hpp>
#include "octet/export.hpp"

namespace octet::core {

/// The elements as f64, row-major. Throws `Error` (internal) for types of less than a byte.
OCTET_API std::vector<double> values_of(const ov::Tensor& tensor);

/// A tensor of its own with the same elements, row-major.
ov::Tensor copy_of(const ov::Tensor& tensor);

}  // namespace octet::core
