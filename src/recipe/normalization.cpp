#include "recipe/normalization.hpp"

#include <openvino/op/add.hpp>
#include <openvino/op/multiply.hpp>

#include "recipe/constants.hpp"

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

}  // namespace

std::optional<Affine> find_affine(const ov::Output<ov::Node>& output, std::size_t axis,
                                  std::size_t channels) {
  Affine affine;
  std::shared_ptr<ov::Node> node = output.get_node_shared_ptr();
  if (ov::is_type<ov::op::v1::Add>(node)) {
    const auto port = constant_port(node, axis, channels);
    if (!port) return std::nullopt;
    affine.beta = node;
    affine.beta_port = *port;
    const ov::Output<ov::Node> product = node->input_value(1 - *port);
    if (product.get_target_inputs().size() != 1) return std::nullopt;
    node = product.get_node_shared_ptr();
  }
  if (!ov::is_type<ov::op::v1::Multiply>(node)) return std::nullopt;
  const auto port = constant_port(node, axis, channels);
  if (!port) return std::nullopt;
  affine.gamma = node;
  affine.gamma_port = *port;
  return affine;
}

}  // namespace octet::recipe
