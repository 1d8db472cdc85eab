#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <openvino/core/node.hpp>

#include "recipe/weighted_op.hpp"

namespace octet::recipe {

/// A batch norm, or a multiplication by a constant, that can become part of the layer before it:
/// y = x·scale + shift, one value a channel.
struct Fold {
  std::shared_ptr<ov::Node> layer;
  WeightedOp op;
  std::vector<double> scale, shift;
  bool has_shift;  ///< false for a Multiply: there is no shift, and no bias need be inserted
};

/// How `node` can be folded; nothing where it can't: it is no batch norm or Multiply by finite
/// constants per channel, something else reads what it reads, or what it reads is not the output
/// of a convolution or matmul (with or without a bias).
std::optional<Fold> find_fold(const std::shared_ptr<ov::Node>& node);

}  // namespace octet::recipe
