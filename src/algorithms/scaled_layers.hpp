#pragma once

#include <map>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "octet/recipe.hpp"
#include "recipe/constants.hpp"

namespace octet::algorithms {

/// What the `ScaleChannels` edits among others do to tensors and weights.
class ScaledLayers {
 public:
  /// `graph` is what the structural edits have made of the model.
  ScaledLayers(const std::vector<Edit>& edits, const ov::Model& graph);

  /// The edit that scales what `layer` reads; null where none does.
  const ScaleChannels* of_layer(const std::string& layer) const;
  /// The edit that divides what `layer` makes; null where none does.
  const ScaleChannels* of_maker(const std::string& layer) const;
  /// The edit whose result `tensor` is; null where it is none's.
  const ScaleChannels* of_tensor(const TensorRef& tensor) const;
  /// The constant at an input of `layer`, as it is once the edits have been applied.
  recipe::ConstantPtr weight(const ov::Node& layer, std::size_t port) const;

 private:
  std::vector<ScaleChannels> edits_;
  std::map<std::string, std::size_t> by_layer_;
  std::map<std::string, std::size_t> by_maker_;  ///< layer whose outputs are divided
  std::map<TensorRef, std::size_t> by_tensor_;
};

}  // namespace octet::algorithms
