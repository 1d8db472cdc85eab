#include "recipe/weighted_op.hpp"

#include <openvino/core/type.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/group_conv.hpp>
#include <openvino/op/matmul.hpp>

#include "recipe/channel_blocks.hpp"
#include "recipe/constants.hpp"

namespace octet::recipe {
namespace {

struct Row {
  const ov::DiscreteTypeInfo& type;
  std::vector<std::size_t> input_axes, output_axes;
  bool grouped;
};

const std::vector<Row>& convolutions() {
  static const std::vector<Row> rows = {
      {ov::op::v1::Convolution::get_type_info_static(), {1}, {0}, false},
      {ov::op::v1::ConvolutionBackpropData::get_type_info_static(), {0}, {1}, false},
      {ov::op::v1::GroupConvolution::get_type_info_static(), {0, 2}, {0, 1}, true},
      {ov::op::v1::GroupConvolutionBackpropData::get_type_info_static(), {0, 1}, {0, 2}, true},
  };
  return rows;
}

std::optional<WeightedOp> matmul_layout(const ov::op::v0::MatMul& node) {
  for (const std::size_t port : {std::size_t{1}, std::size_t{0}}) {
    const ov::PartialShape& weight = node.get_input_partial_shape(port);
    const ov::PartialShape& data = node.get_input_partial_shape(1 - port);
    if (weight.is_dynamic() || weight.size() != 2 || data.rank().is_dynamic() || data.size() < 2 ||
        !source_constant(node.input_value(port)))
      continue;
    const std::size_t rank = data.size();
    // Rows of the left operand and columns of the right one are kept, the other axis is summed.
    const bool transposed = port == 1 ? node.get_transpose_b() : node.get_transpose_a();
    const bool data_transposed = port == 1 ? node.get_transpose_a() : node.get_transpose_b();
    const std::size_t summed = (port == 1) != transposed ? 0 : 1;
    const std::size_t data_summed = (port == 1) != data_transposed ? rank - 1 : rank - 2;
    WeightedOp op{1 - port, port,         rank,  data_summed, port == 1 ? rank - 1 : rank - 2,
                  {summed}, {1 - summed}, false, 0,           0};
    op.input_channels = weight[summed].get_length();
    op.output_channels = weight[1 - summed].get_length();
    return op;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WeightedOp> weighted_op(const ov::Node& node) {
  if (const auto* matmul = ov::as_type<const ov::op::v0::MatMul>(&node))
    return matmul_layout(*matmul);
  for (const Row& row : convolutions()) {
    if (node.get_type_info() != row.type) continue;
    const ov::PartialShape& weight = node.get_input_partial_shape(1);
    const ov::Rank rank = node.get_output_partial_shape(0).rank();
    if (weight.is_dynamic() || rank.is_dynamic() || !source_constant(node.input_value(1)))
      return std::nullopt;
    WeightedOp op{0,
                  1,
                  static_cast<std::size_t>(rank.get_length()),
                  1,
                  1,
                  row.input_axes,
                  row.output_axes,
                  row.grouped,
                  0,
                  0};
    op.input_channels = channel_count(weight.to_shape(), op.input_axes);
    op.output_channels = channel_count(weight.to_shape(), op.output_axes);
    return op;
  }
  return std::nullopt;
}

}  // namespace octet::recipe
