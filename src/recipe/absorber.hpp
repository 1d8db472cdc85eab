#pragma once

#include <memory>
#include <optional>

#include <openvino/core/node.hpp>

#include "recipe/weighted_op.hpp"

namespace octet::recipe {

/// Constants that divide a tensor's channels, exactly, when they are divided: either the end of a
/// normalization (·gamma, then +beta, one value a channel), or the weight and the bias of a
/// layer, through activations f with f(s·x) = s·f(x) for s > 0.
struct Absorber {
  std::shared_ptr<ov::Node> gamma, beta;  ///< null: `layer` is meant; `beta` may be null besides
  std::size_t gamma_port = 0, beta_port = 0;  ///< inputs that hold the constants
  std::shared_ptr<ov::Node> layer;            ///< convolution or matmul; null: `gamma` is meant
  std::optional<WeightedOp> op;               ///< the layer's layout
};

/// What can take a division of `output` along `axis`; nothing where there is none, or where
/// something else reads what comes between it and `output`.
std::optional<Absorber> find_absorber(const ov::Output<ov::Node>& output, std::size_t axis,
                                      std::size_t channels);

}  // namespace octet::recipe
