#include "algorithms/mean_response.hpp"

#include <algorithm>

#include <openvino/core/type.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/group_conv.hpp>

namespace octet::algorithms {
namespace {

/// One spatial dimension of a convolution. `input` and `output` are -1 where they are dynamic.
struct Dimension {
  std::int64_t input, output, kernel, stride, dilation, padding;
};

/// For every tap, the share of output positions at which it reads the input.
std::vector<double> forward_shares(const Dimension& d) {
  std::vector<double> shares(static_cast<std::size_t>(d.kernel), 1.0);
  if (d.input < 0 || d.output <= 0) return shares;
  for (std::int64_t tap = 0; tap < d.kernel; ++tap) {
    std::int64_t count = 0;
    for (std::int64_t o = 0; o < d.output; ++o) {
      const std::int64_t i = o * d.stride - d.padding + tap * d.dilation;
      count += i >= 0 && i < d.input;
    }
    shares[static_cast<std::size_t>(tap)] = static_cast<double>(count) / d.output;
  }
  return shares;
}

/// For every tap, the number of input positions that it brings into the output, a position of it.
std::vector<double> backward_shares(const Dimension& d) {
  std::vector<double> shares(static_cast<std::size_t>(d.kernel), 1.0 / d.stride);
  if (d.input < 0 || d.output <= 0) return shares;
  for (std::int64_t tap = 0; tap < d.kernel; ++tap) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < d.input; ++i) {
      const std::int64_t o = i * d.stride - d.padding + tap * d.dilation;
      count += o >= 0 && o < d.output;
    }
    shares[static_cast<std::size_t>(tap)] = static_cast<double>(count) / d.output;
  }
  return shares;
}

template <typename Op>
bool collect(const ov::Node& layer, bool is_backward, std::vector<double>& taps) {
  const auto* node = ov::as_type<const Op>(&layer);
  if (!node) return false;
  const std::size_t spatial = node->get_strides().size();
  const ov::Shape weight = node->get_input_shape(1);
  const auto length = [](const ov::PartialShape& shape, std::size_t axis) {
    return shape[axis].is_static() ? shape[axis].get_length() : std::int64_t{-1};
  };
  taps = {1.0};
  for (std::size_t i = 0; i < spatial; ++i) {
    const Dimension d{length(node->get_input_partial_shape(0), i + 2),
                      length(node->get_output_partial_shape(0), i + 2),
                      static_cast<std::int64_t>(weight[weight.size() - spatial + i]),
                      static_cast<std::int64_t>(node->get_strides()[i]),
                      static_cast<std::int64_t>(node->get_dilations()[i]),
                      static_cast<std::int64_t>(node->get_pads_begin()[i])};
    std::vector<double> product;
    for (const double outer : taps)
      for (const double share : is_backward ? backward_shares(d) : forward_shares(d))
        product.push_back(outer * share);
    taps = std::move(product);
  }
  return true;
}

/// Share of each tap of the kernel, row-major; one tap for a matmul.
std::vector<double> tap_shares(const ov::Node& layer) {
  std::vector<double> taps = {1.0};
  collect<ov::op::v1::Convolution>(layer, false, taps) ||
      collect<ov::op::v1::GroupConvolution>(layer, false, taps) ||
      collect<ov::op::v1::ConvolutionBackpropData>(layer, true, taps) ||
      collect<ov::op::v1::GroupConvolutionBackpropData>(layer, true, taps);
  return taps;
}

/// Step of the flat channel number along each of the weight's first `count` axes.
std::vector<std::size_t> channel_steps(const ov::Shape& shape, std::size_t count,
                                       const std::vector<std::size_t>& axes) {
  std::vector<std::size_t> steps(count, 0);
  std::size_t step = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    steps[axes[i]] = step;
    step *= shape[axes[i]];
  }
  return steps;
}

}  // namespace

std::vector<double> mean_response(const ov::Node& layer, const recipe::WeightedOp& op,
                                  const std::vector<float>& weight,
                                  const std::vector<double>& means) {
  const ov::Shape shape = layer.get_input_shape(op.weight_port);
  const std::vector<double> taps = tap_shares(layer);
  // The channel axes lead, the kernel's follow.
  const std::size_t leading = 1 + std::max(op.input_axes.back(), op.output_axes.back());
  const std::vector<std::size_t> input_steps = channel_steps(shape, leading, op.input_axes),
                                 output_steps = channel_steps(shape, leading, op.output_axes);
  std::vector<double> response(op.output_channels, 0.0);
  std::vector<std::size_t> position(leading, 0);
  std::size_t input = 0, output = 0;
  for (std::size_t first = 0; first < weight.size(); first += taps.size()) {
    double sum = 0;
    for (std::size_t tap = 0; tap < taps.size(); ++tap) sum += weight[first + tap] * taps[tap];
    response[output] += sum * means[input];
    for (std::size_t axis = leading; axis-- > 0;) {
      input += input_steps[axis];
      output += output_steps[axis];
      if (++position[axis] < shape[axis]) break;
      input -= input_steps[axis] * shape[axis];
      output -= output_steps[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return response;
}

}  // namespace octet::algorithms
