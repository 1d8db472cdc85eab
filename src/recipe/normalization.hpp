#pragma once

#include <memory>
#include <optional>

#include <openvino/core/node.hpp>

namespace octet::recipe {

/// The end of a normalization: ·gamma, then +beta, constants of one value a channel. Dividing both
/// divides what follows. `beta` is null where nothing is added.
struct Affine {
  std::shared_ptr<ov::Node> gamma, beta;
  std::size_t gamma_port = 0, beta_port = 0;  ///< inputs that hold the constants
};

/// The multiplication by constants along `axis` (and the addition behind it) that `output` is made
/// by and that nothing else reads from half-way; nothing where there is none.
std::optional<Affine> find_affine(const ov::Output<ov::Node>& output, std::size_t axis,
                                  std::size_t channels);

}  // namespace octet::recipe
