#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <openvino/core/node.hpp>

namespace octet::recipe {

/// How a layer with a constant weight lays out its channels.
struct WeightedOp {
  std::size_t data_port, weight_port;
  std::size_t rank;                      ///< of data and output alike
  std::size_t data_axis, output_axis;    ///< channel axes of the data and of the output
  std::vector<std::size_t> input_axes;   ///< weight's axes that count the data's channels
  std::vector<std::size_t> output_axes;  ///< weight's axes that count the output's channels
  /// Channels of one group; the weight's group axis is in both lists of axes.
  bool grouped = false;
  std::size_t input_channels, output_channels;
};

/// The layout of convolutions (plain, grouped, transposed) and of matmuls with a weight of two
/// axes; nothing for other operations or weights that are not constant.
std::optional<WeightedOp> weighted_op(const ov::Node& node);

}  // namespace octet::recipe
