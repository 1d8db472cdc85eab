#pragma once

#include <cstdint>
#include <vector>

#include <openvino/core/shape.hpp>
#include <openvino/core/type/element_type.hpp>

#include "octet/recipe.hpp"

namespace octet::recipe {

/// A weight as integers: value = (code - zero_point) * scale, one scale and zero point a channel.
struct WeightCodes {
  ov::element::Type type;          ///< i8, or u8 where all of the range is positive
  std::vector<std::uint8_t> data;  ///< the codes' bytes
  std::vector<float> scale;
  std::vector<std::int32_t> zero_point;  ///< empty where all are 0
};

/// Quantizes `values` (row-major, of `shape`), rounding half to even in f32 as FakeQuantize does.
/// Values outside of the range take its ends.
WeightCodes quantize_weight(const float* values, const ov::Shape& shape,
                            const std::vector<std::size_t>& axes, const QuantizerSpec& spec,
                            const QuantizationRange& range);

/// The values that the codes stand for.
std::vector<float> dequantize(const WeightCodes& codes, const ov::Shape& shape,
                              const std::vector<std::size_t>& axes);

}  // namespace octet::recipe
