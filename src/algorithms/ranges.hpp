#pragma once

#include "octet/recipe.hpp"
#include "statistics/statistics.hpp"

namespace octet::algorithms {

/// The quantization range that covers measured ranges, one a channel, in f32 arithmetic.
///
/// Symmetric: high = max(|low|, |high|), at least 1 % of the largest channel's and 8e-5. Signed
/// where the spec forces it or any measured low is negative: low = -high for a narrow range, else
/// -high·128/127; otherwise low = 0.
/// Asymmetric: a width up to 8e-4 is widened by 8e-4 on both sides, the range is made to hold zero,
/// and then grown so that zero is exactly a code.
/// `half_range` doubles the range so that the codes stay within +-64, as they are stored in 8
/// signed bits; zero stays a code.
QuantizationRange quantization_range(const statistics::Range& measured, const QuantizerSpec& spec,
                                     bool half_range = false);

}  // namespace octet::algorithms
