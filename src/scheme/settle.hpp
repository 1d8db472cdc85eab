#pragma once

#include <vector>

#include "scheme/propagation.hpp"
#include "scheme/units.hpp"

namespace octet::scheme {

/// A weight's quantizer before it has names.
struct WeightChoice {
  int node;   ///< of the graph
  int input;  ///< of the node
  std::string constant;
  std::vector<std::size_t> axes;
  SpecList specs;  ///< one entry once chosen
};

/// Chooses one quantizer at every place, and takes away those that are of no use: on one operand of
/// an elementwise operation whose other one is constant, behind an equal or coarser one, behind an
/// embedding whose weight has it already.
void settle(const graph::Graph& graph, const Units& units, const Settings& settings,
            std::vector<Quantizer>& quantizers, std::vector<WeightChoice>& weights);

/// For each edge of the view: whether its values are those of a quantizer, on it or further up.
std::vector<char> carries_codes(const graph::Graph& graph, const Units& units,
                                const std::vector<Quantizer>& quantizers,
                                const std::vector<WeightChoice>& weights);

}  // namespace octet::scheme
