#pragma once

#include <string_view>
#include <vector>

#include "graph/op_table.hpp"
#include "octet/options.hpp"
#include "octet/recipe.hpp"

namespace octet::scheme {

/// Quantizers that an operation accepts, best first.
using SpecList = std::vector<QuantizerSpec>;

/// Which row of a target's table says what a weight's quantizer may look like.
enum class WeightOptions : std::uint8_t { layer, recurrent, embedding };

/// What a device can run.
struct Target {
  TargetDevice device;
  std::string_view name;
  /// Its plugin fuses elementwise operations into the layer before them.
  bool fuses_elementwise;
  /// The second matmul of attention, and multiplications in a transformer, stay in floating point.
  bool float_attention_output, float_multiply_in_transformer;
  /// An addition of two layers keeps one operand in floating point (it is added in the layer's
  /// accumulator).
  bool adds_to_accumulator;
  /// 8-bit products are summed in 16 bits on some machines of this kind, which overflows.
  bool may_overflow;
};

const Target& find_target(TargetDevice device);
/// "any", "cpu", …; for messages and provenance.
std::string_view name_of(TargetDevice device);

/// Activation quantizers for a row of the op table, with 8 and 16 bits. `unlisted` is empty: such
/// an operation takes the default.
const SpecList& activation_specs(const Target& target, graph::Options options);
const SpecList& weight_specs(const Target& target, WeightOptions options);

/// What the preset and the user's parameters leave of `specs`; empty where nothing fits.
SpecList constrain(const SpecList& specs, QuantizationMode preset_mode,
                   const QuantizationParameters& parameters);
/// The quantizer of operations that a target's table does not list.
QuantizerSpec default_spec(QuantizationMode preset_mode, const QuantizationParameters& parameters);

}  // namespace octet::scheme
