#pragma once

#include <vector>

#include "scheme/propagation.hpp"
#include "scheme/units.hpp"

namespace octet::scheme {

/// Takes the quantizer from one operand of every addition of two quantized tensors: that one is
/// added in the accumulator of the layer that makes it. Where one operand has other readers, the
/// other one; else, where layers make both, the larger one.
void leave_operands_of_adds(const graph::Graph& graph, const Units& units,
                            std::vector<Quantizer>& quantizers);

}  // namespace octet::scheme
