#include "algorithms/ranges.hpp"

#include <algorithm>
#include <cmath>

namespace octet::algorithms {
namespace {

constexpr float smallest_high = 8e-5F;
constexpr float smallest_share = 0.01F;
constexpr float smallest_width = 8e-4F;

QuantizationRange symmetric(const statistics::Range& measured, const QuantizerSpec& spec,
                            bool half_range) {
  const std::size_t channels = measured.low.size();
  QuantizationRange range;
  range.levels = (std::size_t{1} << spec.bits) - (spec.narrow_range ? 1 : 0);
  range.low.resize(channels);
  range.high.resize(channels);
  float largest = 0;
  bool is_signed = spec.signedness_to_force.value_or(false);
  for (std::size_t c = 0; c < channels; ++c) {
    range.high[c] = std::max(std::abs(measured.low[c]), std::abs(measured.high[c]));
    largest = std::max(largest, range.high[c]);
    is_signed = is_signed || measured.low[c] < 0;
  }
  const float floor = std::max(smallest_share * largest, smallest_high);
  // The range of one bit less is stretched over all codes: half of them stay unused.
  const int bits = half_range ? spec.bits - 1 : spec.bits;
  const auto codes = static_cast<float>(std::size_t{1} << bits);
  const float stretch = half_range ? static_cast<float>(range.levels - 1) / (codes - 1) : 1.0F;
  for (std::size_t c = 0; c < channels; ++c) {
    const float high = std::max(range.high[c], floor);
    const float low = !is_signed ? 0.0F : spec.narrow_range ? -high : -high * codes / (codes - 2);
    range.low[c] = low * stretch;
    range.high[c] = high * stretch;
  }
  return range;
}

/// Widens [low, high], which holds zero, so that zero is exactly the nearest code: keep one end,
/// move the other; of the two ways the wider one, which loses no value.
void make_zero_exact(float& low, float& high, float steps) {
  const float zero = std::nearbyint(-low * steps / (high - low));
  if (zero <= 0) {
    low = 0;  // zero is nearest to the end: what lies beyond is less than half a step
  } else if (zero >= steps) {
    high = 0;
  } else {
    const float other_low = zero / (zero - steps) * high;
    const float other_high = (zero - steps) / zero * low;
    if (high - other_low > other_high - low)
      low = other_low;
    else
      high = other_high;
  }
}

QuantizationRange asymmetric(const statistics::Range& measured, const QuantizerSpec& spec,
                             bool half_range) {
  QuantizationRange range{measured.low, measured.high, std::size_t{1} << spec.bits};
  for (std::size_t c = 0; c < range.low.size(); ++c) {
    float& low = range.low[c];
    float& high = range.high[c];
    if (high - low <= smallest_width) {
      low -= smallest_width;
      high += smallest_width;
    }
    low = std::min(low, 0.0F);
    high = std::max(high, 0.0F);
    // The codes of one bit less, in the middle of all.
    const std::size_t used = half_range ? range.levels / 2 : range.levels;
    make_zero_exact(low, high, static_cast<float>(used - 1));
    if (!half_range) continue;
    const float step = (high - low) / static_cast<float>(used - 1);
    low -= step * static_cast<float>(used / 2);
    high += step * static_cast<float>(used / 2);
  }
  return range;
}

/// Moves the ends by rounding errors: to whole multiples of one scale, all in f32. Formats that
/// hold a scale and a zero point then hold exactly this range.
void make_scale_exact(float& low, float& high, float steps) {
  const auto scale = static_cast<float>((static_cast<double>(high) - low) / steps);
  const float zero = std::nearbyint(-low / scale);
  constexpr float rounding_error = 1e-3F;
  if (std::abs(-low / scale - zero) > rounding_error) return;
  low = zero == 0 ? 0.0F : -zero * scale;
  high = (steps - zero) * scale;
}

}  // namespace

QuantizationRange quantization_range(const statistics::Range& measured, const QuantizerSpec& spec,
                                     bool half_range) {
  QuantizationRange range = spec.mode == QuantizationMode::symmetric
                                ? symmetric(measured, spec, half_range)
                                : asymmetric(measured, spec, half_range);
  for (std::size_t c = 0; c < range.low.size(); ++c)
    make_scale_exact(range.low[c], range.high[c], static_cast<float>(range.levels - 1));
  return range;
}

}  // namespace octet::algorithms
