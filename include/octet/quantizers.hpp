#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "octet/export.hpp"
#include "octet/model.hpp"
#include "octet/recipe.hpp"

namespace octet {

/// A quantizer as it stands in a model or in a recipe. Real value = (code - zero_point)·scale.
struct Quantizer {
  enum class Kind { activation, weight };
  Kind kind = Kind::activation;
  std::string name;                 ///< of the node that quantizes
  std::string tensor;               ///< node whose output is quantized, or the constant
  std::vector<std::string> layers;  ///< nodes that read it
  std::size_t levels = 256;         ///< codes; they count from 0, but for weights in integers
  std::vector<double> scale;        ///< one, or one a channel
  std::vector<double> zero_point;   ///< as many; fractions as the range gives them
};
/// "activation", "weight"
OCTET_API std::string word_of(Quantizer::Kind kind);

/// The quantizers of a model, by name: fake quantizes, and constants of 8-bit integers with what
/// makes numbers of them. Works for models of other tools too.
OCTET_API std::vector<Quantizer> quantizers_of(const Model& model);
/// The quantizers that a recipe places, by name. The same as those of the model that it makes, but
/// that its weights' codes count from 0.
OCTET_API std::vector<Quantizer> quantizers_of(const Recipe& recipe);

/// A quantizer that two models or recipes do not have alike.
struct QuantizerChange {
  enum class Kind { vanished, appeared, moved };
  Kind kind = Kind::moved;
  Quantizer quantizer;  ///< as the second has it; a vanished one as the first had it
  /// Largest |scale' / scale - 1| over the channels; 0 unless moved. Infinite where a scale was 0.
  double scale_change = 0;
  /// Largest |zero_point' - zero_point|, in steps.
  double zero_point_change = 0;
  /// What changed besides, such as "256 levels became 255"; empty where nothing did.
  std::string otherwise;
};
/// "vanished", "appeared", "moved"
OCTET_API std::string word_of(QuantizerChange::Kind kind);

/// What became of the quantizers of `before` in `after`: vanished and appeared ones, then the moved
/// ones, the largest change of scale first. They are the same where kind and name are.
OCTET_API std::vector<QuantizerChange> changes(const std::vector<Quantizer>& before,
                                               const std::vector<Quantizer>& after);

}  // namespace octet
