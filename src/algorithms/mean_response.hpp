#pragma once

#include <vector>

#include <openvino/core/node.hpp>

#include "recipe/weighted_op.hpp"

namespace octet::algorithms {

/// Mean of `layer`'s output, one value a channel over samples and positions, if its weight were
/// `weight` (row-major, in the shape of the layer's weight) and its input had the channel means
/// `means` at every position. It is linear in the weight, so a difference of weights gives the mean
/// of the error that it makes.
///
/// The zeros of the padding are counted: a tap that falls outside of the input at a share of the
/// output's positions counts for the rest of them. Where a spatial dimension is dynamic, taps count
/// in full.
std::vector<double> mean_response(const ov::Node& layer, const recipe::WeightedOp& op,
                                  const std::vector<float>& weight,
                                  const std::vector<double>& means);

}  // namespace octet::algorithms
