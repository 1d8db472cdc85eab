#include "recipe/absorber.hpp"

#include <openvino/op/add.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/prelu.hpp>
#include <openvino/op/relu.hpp>

#include "recipe/constants.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {
namespace {

/// The input of `node` that is a constant of one value a channel.
std::optional<std::size_t> constant_port(const std::shared_ptr<ov::Node>& node, std::size_t axis,
                                         std::size_t channels) {
  const ov::Rank rank = node->get_output_partial_shape(0).rank();
  if (rank.is_dynamic()) return std::nullopt;
  for (const std::size_t port : {std::size_t{1}, std::size_t{0}}) {
    const ConstantPtr constant = constant_value(node->input_value(port));
    if (constant && per_channel(constant, rank.get_length(), axis, channels)) return port;
  }
  return std::nullopt;
}

bool is_read_once(const ov::Output<ov::Node>& output) {
  return output.get_target_inputs().size() == 1;
}

std::optional<Absorber> find_affine(std::shared_ptr<ov::Node> node, std::size_t axis,
                                    std::size_t channels) {
  Absorber affine;
  if (ov::is_type<ov::op::v1::Add>(node)) {
    const auto port = constant_port(node, axis, channels);
    if (!port) return std::nullopt;
    affine.beta = node;
    affine.beta_port = *port;
    const ov::Output<ov::Node> product = node->input_value(1 - *port);
    if (!is_read_once(product)) return std::nullopt;
    node = product.get_node_shared_ptr();
  }
  if (!ov::is_type<ov::op::v1::Multiply>(node)) return std::nullopt;
  const auto port = constant_port(node, axis, channels);
  if (!port) return std::nullopt;
  affine.gamma = node;
  affine.gamma_port = *port;
  return affine;
}

std::optional<Absorber> find_layer(const std::shared_ptr<ov::Node>& node, std::size_t axis,
                                   std::size_t channels) {
  std::shared_ptr<ov::Node> layer = node;
  std::optional<WeightedOp> op = weighted_op(*layer);
  for (std::size_t port = 0; !op && ov::is_type<ov::op::v1::Add>(node) && port < 2; ++port) {
    layer = node->get_input_node_shared_ptr(port);
    op = weighted_op(*layer);
    if (op && find_bias(layer, op->rank, op->output_axis, op->output_channels).add != node)
      return std::nullopt;
  }
  // A weight that other layers share can't be divided for one of them.
  if (!op || op->output_axis != axis || op->output_channels != channels ||
      !constant_value(layer->input_value(op->weight_port)) ||
      !used_once(layer->input_value(op->weight_port)))
    return std::nullopt;
  Absorber absorber;
  absorber.layer = layer;
  absorber.op = op;
  return absorber;
}

}  // namespace

std::optional<Absorber> find_absorber(const ov::Output<ov::Node>& output, std::size_t axis,
                                      std::size_t channels) {
  std::shared_ptr<ov::Node> node = output.get_node_shared_ptr();
  if (const auto affine = find_affine(node, axis, channels)) return affine;
  while (ov::is_type<ov::op::v0::Relu>(node) || ov::is_type<ov::op::v0::PRelu>(node)) {
    const ov::Output<ov::Node> input = node->input_value(0);
    if (!is_read_once(input)) return std::nullopt;
    node = input.get_node_shared_ptr();
  }
  return find_layer(node, axis, channels);
}

}  // namespace octet::recipe
