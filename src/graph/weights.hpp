#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace octet::graph {

/// A constant floating input of a layer that is a weight.
struct Weight {
  int input;             ///< of the layer
  std::string constant;  ///< friendly name of the constant that it is made from
  /// Axes that count output channels (and groups, and independent matrices), in the shape that the
  /// layer reads.
  std::vector<std::size_t> axes;
};

/// The weights of `node`, which is a `weighted` operation. Finds constants through conversions,
/// reshapes and transpositions.
std::vector<Weight> weights_of(const Graph& graph, int node);

}  // namespace octet::graph
