#pragma once

#include <vector>

#include "scheme/settle.hpp"

namespace octet::scheme {

/// What each weight of a layer that is not ignored may be quantized to. A weight that several
/// layers read the same way is quantized the same way in all.
std::vector<WeightChoice> find_weights(const graph::Graph& graph, const Units& units,
                                       const Settings& settings);

/// For each weight, whether its codes stay within half of their range, so that 16-bit sums do not
/// overflow.
std::vector<char> half_ranges(const graph::Graph& graph, const std::vector<WeightChoice>& weights,
                              OverflowFix fix);

}  // namespace octet::scheme
