#pragma once

#include <openvino/core/partial_shape.hpp>
#include <openvino/core/shape.hpp>

namespace octet::core {

/// A shape that fits `shape`, for a model that has to be run without data of the user's: 1 for a
/// dynamic batch (the first axis), 224 for the dynamic sides of an image (the inner axes of four),
/// 16 for other dynamic axes, within the bounds that the model states.
ov::Shape example_shape(const ov::PartialShape& shape);

}  // namespace octet::core
