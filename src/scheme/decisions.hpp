#pragma once

#include <vector>

#include "octet/quantize.hpp"
#include "scheme/settle.hpp"

namespace octet::scheme {

/// Says for every operation with arithmetic whether it runs on integers, and why or why not.
std::vector<LayerDecision> decide(const graph::Graph& graph, const Units& units,
                                  const std::vector<Quantizer>& quantizers,
                                  const std::vector<WeightChoice>& weights);

}  // namespace octet::scheme
