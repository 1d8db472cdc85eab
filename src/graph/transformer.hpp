#pragma once

#include <openvino/core/model.hpp>

namespace octet::graph {

/// What speaks for a model being a transformer.
struct TransformerEvidence {
  int attentions = 0;      ///< softmax between two matmuls of activations, or attention operations
  int normalizations = 0;  ///< layer or root-mean-square normalizations
  /// An attention inside of a convolutional network does not make it one: a transformer normalizes
  /// around every attention.
  bool is_transformer() const { return attentions > 0 && normalizations >= attentions; }
};
TransformerEvidence find_transformer(const ov::Model& model);

}  // namespace octet::graph
