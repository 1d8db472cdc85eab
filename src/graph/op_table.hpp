#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace octet::graph {

/// Operations as rows of op_table.def; `other` is any type without a row.
enum class Op : std::uint8_t {
  other,
#define OCTET_OP(name, trait, options, classes) name,
#include "graph/op_table.def"
#undef OCTET_OP
  count
};

/// What an operation means to a quantizer that moves upstream.
enum class Trait : std::uint8_t { none, inputs, agnostic, concat, embedding };

/// Row of a target's table.
enum class Options : std::uint8_t {
  per_tensor,
  depthwise,
  attention,
  unlisted,
};

/// Bits of `OpRow::classes`.
namespace op_class {
enum : std::uint32_t {
  plain = 0,
  linear = 1,         ///< convolutions and matmuls
  activation = 2,     ///< fused into the layer before
  arithmetic = 4,     ///< add, subtract, multiply, divide
  elementwise = 8,    ///< arithmetic, comparisons, logic
  batch_norm = 16,    ///
  weighted = 32,      ///< a constant floating input is a weight
  unified = 64,       ///< needs one scale after a concatenation
  convolution = 128,  ///< plain convolution: the first of a network is protected from overflow
  recurrent = 256,    ///
  float_in_transformer = 512,  ///< left in floating point in a transformer
  function = 1024,             ///< a nonlinear function or a layer without integer form
  post_processing = 2048,
  pool = 4096,              ///< averages: the squeeze of squeeze-and-excite
  gate = 8192,              ///< ends the excitation
  gate_activation = 16384,  ///< stands inside of it
  keeps_channels = 32768,   ///< moves values, each within its channel
};
}  // namespace op_class

struct OpRow {
  std::string_view type;
  Trait trait;
  Options options;
  std::uint32_t classes;
};

const OpRow& row(Op op);
inline bool is_class(Op op, std::uint32_t classes) {
  return (row(op).classes & classes) != 0;
}
/// The row of an OpenVINO type; `Op::other` where it has none.
Op find_op(std::string_view type);

/// A set of operations, for patterns.
using OpSet = std::bitset<static_cast<std::size_t>(Op::count)>;
/// The operations of a class by its name (`linear`), or one by its type (`Add`); nothing where
/// neither exists.
std::optional<OpSet> find_op_set(std::string_view name);

}  // namespace octet::graph
