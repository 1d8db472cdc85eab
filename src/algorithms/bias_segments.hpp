#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "recipe/weighted_op.hpp"

namespace octet::algorithms {

/// A layer whose bias can be changed, in a graph.
struct BiasLayer {
  std::string node;
  recipe::WeightedOp op;
  ov::Output<ov::Node> output;  ///< with the bias
};
/// Nothing where `node` is no such layer.
std::optional<BiasLayer> bias_layer_at(const std::shared_ptr<ov::Node>& node);

/// Layers that are measured and shifted together.
struct BiasSegment {
  /// Inputs: `reads`, then a shift for each layer (one value a channel). Outputs: the channel means
  /// of each layer with its bias and shift, then `writes`.
  std::shared_ptr<ov::Model> graph;
  std::vector<BiasLayer> layers;
  std::vector<std::size_t>
      levels;  ///< of each layer: the number of layers on the longest way to it
  std::vector<ov::Output<ov::Node>> reads, writes;  ///< tensors of the whole graph
};

/// Divides a quantized graph into parts that follow each other: each holds the layers of `wanted`
/// of a few levels, with all that lies behind the layers before and not behind its own. Running one
/// part many times is cheaper than running the whole. A graph with states is one part. Shifts are
/// added to `graph`.
std::vector<BiasSegment> bias_segments(const std::shared_ptr<ov::Model>& graph,
                                       const std::set<std::string>& wanted);

}  // namespace octet::algorithms
