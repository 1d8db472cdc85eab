#include "recipe/weight_codes.hpp"

#include <algorithm>
#include <cmath>

#include "recipe/channel_blocks.hpp"

namespace octet::recipe {
namespace {

/// Rounds 0 <= x < 2^22 half to even: adding 1.5 * 2^23 leaves no bits for a fraction.
float round_half_even(float x) {
  constexpr float shifter = 12582912.0F;
  return (x + shifter) - shifter;
}

}  // namespace

WeightCodes quantize_weight(const float* values, const ov::Shape& shape,
                            const std::vector<std::size_t>& axes, const QuantizerSpec& spec,
                            const QuantizationRange& range) {
  const std::size_t channels = range.low.size();
  const bool is_signed =
      std::any_of(range.low.begin(), range.low.end(), [](float low) { return low < 0; });
  const int first_code = is_signed ? -static_cast<int>(range.levels / 2) : 0;
  WeightCodes codes;
  codes.type = is_signed ? ov::element::i8 : ov::element::u8;
  codes.data.resize(ov::shape_size(shape));
  codes.scale.resize(channels);
  std::vector<std::int32_t> zero_point(channels, 0);
  const auto steps = static_cast<float>(range.levels - 1);
  for (std::size_t c = 0; c < channels; ++c) {
    codes.scale[c] = (range.high[c] - range.low[c]) / steps;
    if (spec.mode == QuantizationMode::asymmetric)
      zero_point[c] = first_code + static_cast<int>(std::nearbyint(-range.low[c] / codes.scale[c]));
  }
  if (std::any_of(zero_point.begin(), zero_point.end(), [](int zero) { return zero != 0; }))
    codes.zero_point = std::move(zero_point);

  for_each_block(shape, axes, [&](std::size_t first, std::size_t size, std::size_t channel) {
    const float low = range.low[channel], width = range.high[channel] - low;
    const float* in = values + first;
    std::uint8_t* out = codes.data.data() + first;
    for (std::size_t i = 0; i < size; ++i) {
      const float position = std::clamp((in[i] - low) / width * steps, 0.0F, steps);
      out[i] = static_cast<std::uint8_t>(static_cast<int>(round_half_even(position)) + first_code);
    }
  });
  return codes;
}

std::vector<float> dequantize(const WeightCodes& codes, const ov::Shape& shape,
                              const std::vector<std::size_t>& axes) {
  std::vector<float> values(codes.data.size());
  const bool is_signed = codes.type == ov::element::i8;
  for_each_block(shape, axes, [&](std::size_t first, std::size_t size, std::size_t channel) {
    const int zero = codes.zero_point.empty() ? 0 : codes.zero_point[channel];
    for (std::size_t i = first; i < first + size; ++i) {
      const int code = is_signed ? static_cast<std::int8_t>(codes.data[i]) : codes.data[i];
      values[i] = static_cast<float>(code - zero) * codes.scale[channel];
    }
  });
  return values;
}

}  // namespace octet::recipe
