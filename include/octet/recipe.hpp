#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet {

/// An output of a node, by the node's friendly name.
struct TensorRef {
  std::string node;
  std::size_t output = 0;
  auto operator<=>(const TensorRef&) const = default;
};
/// An input of a node: one edge of the graph.
struct UseRef {
  std::string node;
  std::size_t input = 0;
  auto operator<=>(const UseRef&) const = default;
};

/// What a quantizer looks like, apart from its range.
struct QuantizerSpec {
  int bits = 8;
  QuantizationMode mode = QuantizationMode::symmetric;
  bool per_channel = false;
  bool narrow_range = false;  ///< levels are 2^bits - 1
  std::optional<bool> signedness_to_force;
  bool operator==(const QuantizerSpec&) const = default;
};

/// Affine quantization range: real value `low` is the lowest code, `high` the highest, `levels`
/// codes in all. One element per tensor, or one per channel.
struct QuantizationRange {
  std::vector<float> low, high;
  std::size_t levels = 256;
  bool operator==(const QuantizationRange&) const = default;
};

/// Folds a batch norm, or a multiplication by a constant per channel, into the convolution or
/// matmul `into` that alone feeds it: W' = W·s, b' = b·s + t. The arithmetic is in f64.
struct FoldBatchNorm {
  std::string node;  ///< the BatchNormInference (or Multiply) that disappears
  std::string into;
};
/// Divides the channels of `tensor` by `scale` on the way to the listed layers, and multiplies
/// their weights by it along the input channels: results stay what they are, activations become
/// easier to quantize (SmoothQuant, channel alignment).
struct ScaleChannels {
  /// Name of the multiplication that is put on `tensor` for all of `uses`. Empty: the division goes
  /// into the constants of what makes `tensor`, which nothing but `uses` reads: a normalization's
  /// multiplication and addition, or the weight and the bias of a convolution or matmul (with or
  /// without a ReLU or PReLU behind it).
  std::string name;
  TensorRef tensor;
  std::vector<UseRef> uses;  ///< data inputs of matmuls and convolutions
  std::size_t axis = 0;      ///< channel axis of `tensor`
  std::vector<float> scale;  ///< one a channel, positive
};
/// Puts a fake quantize on `tensor`, for the listed uses only (all of the tensor's uses that are
/// quantized alike share it).
struct QuantizeActivation {
  std::string name;  ///< unique name of the quantizer
  TensorRef tensor;
  std::vector<UseRef> uses;
  QuantizerSpec spec;
  std::optional<std::size_t> axis;   ///< channel axis of a per-channel quantizer
  std::optional<std::size_t> group;  ///< quantizers of one group have one range
  QuantizationRange range;
};
/// Quantizes the constant at `use`. Scales are laid out over `axes` (row-major); empty: per tensor.
struct QuantizeWeight {
  std::string name;
  UseRef use;
  std::string constant;  ///< friendly name of the constant
  QuantizerSpec spec;
  std::vector<std::size_t> axes;
  QuantizationRange range;
};
/// Adds `shift`, one value a channel, to the bias that follows `node` (a bias is inserted where
/// there is none).
struct ShiftBias {
  std::string node;
  std::vector<float> shift;
};

using Edit =
    std::variant<FoldBatchNorm, ScaleChannels, QuantizeActivation, QuantizeWeight, ShiftBias>;

/// Everything that quantization decided: an ordered list of edits of the original model. Printable
/// as JSON; replaying it gives the same bytes.
struct Recipe {
  static constexpr int schema_version = 1;
  std::string octet_version;
  std::string openvino_version;
  std::string model_fingerprint;  ///< hash of the model's graph and constants
  /// The options that made it and facts on the data, flat, for people and for rt_info.
  std::map<std::string, std::string> provenance;
  std::vector<Edit> edits;
};

OCTET_API std::string to_json(const Recipe& recipe);
/// Throws `Error` (recipe_invalid), naming `origin`.
OCTET_API Recipe recipe_from_json(const std::string& text, const std::string& origin);
OCTET_API void save(const Recipe& recipe, const std::filesystem::path& path);
OCTET_API Recipe load_recipe(const std::filesystem::path& path);

/// Hash of topology, names, shapes, types and constants.
OCTET_API std::string fingerprint(const Model& model);

/// Replays `recipe` on a clone of `model`. Throws `Error` (recipe_mismatch) if it was made for
/// another model.
OCTET_API Model apply(const Model& model, const Recipe& recipe);

}  // namespace octet
