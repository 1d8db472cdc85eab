#pragma once

#include <string>
#include <vector>

#include <openvino/runtime/tensor.hpp>

#include "core/hash.hpp"

namespace octet::statistics {

/// Hash of all samples that a model was given, in their order. It does not depend on how they are
/// grouped into batches: each input is hashed by rows of its first axis.
class DataHash {
 public:
  /// The model's inputs of one item, in its order.
  void add(const std::vector<ov::Tensor>& inputs);
  /// 16 hexadecimal digits; empty where nothing was added.
  std::string hex() const;

 private:
  std::vector<core::Hash64> inputs_;
};

}  // namespace octet::statistics
