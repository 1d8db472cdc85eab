#include "scheme/targets.hpp"

#include <algorithm>
#include <array>

namespace octet::scheme {
namespace {

constexpr Target targets[] = {
    // device, name, fuses elementwise, float attention output, float multiply, adds to accumulator,
    // may overflow
    {TargetDevice::any, "any", true, true, true, false, true},
    {TargetDevice::cpu, "cpu", true, true, true, false, true},
    {TargetDevice::cpu_spr, "cpu_spr", false, false, false, true, false},
    {TargetDevice::gpu, "gpu", true, true, true, false, false},
    {TargetDevice::npu, "npu", true, true, true, false, false},
};

constexpr auto symmetric = QuantizationMode::symmetric;
constexpr auto asymmetric = QuantizationMode::asymmetric;
using Modes = std::vector<QuantizationMode>;

/// Every mode, in each every granularity.
SpecList activations(const Modes& modes, bool per_channel) {
  SpecList list;
  for (const QuantizationMode mode : modes) {
    if (per_channel) list.push_back({8, mode, true, false, std::nullopt});
    list.push_back({8, mode, false, false, std::nullopt});
  }
  return list;
}

/// Symmetric weights leave out the lowest code, so that a weight and its negative have one
/// magnitude; `any_range` also allows it.
SpecList weights(const Modes& modes, bool any_range) {
  SpecList list;
  for (const QuantizationMode mode : modes) {
    for (const bool per_channel : {true, false}) {
      if (mode == asymmetric) {
        list.push_back({8, mode, per_channel, false, std::nullopt});
        continue;
      }
      list.push_back({8, mode, per_channel, true, true});
      if (any_range) list.push_back({8, mode, per_channel, false, true});
    }
  }
  return list;
}

}  // namespace

const Target& find_target(TargetDevice device) {
  return *std::find_if(std::begin(targets), std::end(targets),
                       [&](const Target& target) { return target.device == device; });
}

std::string_view name_of(TargetDevice device) {
  return find_target(device).name;
}

const SpecList& activation_specs(const Target&, graph::Options options) {
  // With 8 bits every target takes the same quantizers, so one set of rows serves all.
  static const std::array<SpecList, 4> rows = {
      activations({symmetric, asymmetric}, false),  // per_tensor
      activations({symmetric, asymmetric}, true),   // depthwise
      activations({symmetric}, false),              // attention
      SpecList{},                                   // unlisted
  };
  return rows[static_cast<std::size_t>(options)];
}

const SpecList& weight_specs(const Target&, WeightOptions options) {
  static const std::array<SpecList, 3> rows = {
      weights({symmetric, asymmetric}, false),  // layer
      weights({symmetric}, false),              // recurrent
      weights({symmetric, asymmetric}, true),   // embedding
  };
  return rows[static_cast<std::size_t>(options)];
}

SpecList constrain(const SpecList& specs, QuantizationMode preset_mode,
                   const QuantizationParameters& parameters) {
  SpecList result;
  for (QuantizerSpec spec : specs) {
    if (spec.mode != parameters.mode.value_or(preset_mode)) continue;
    if (spec.bits != parameters.num_bits.value_or(spec.bits)) continue;
    if (spec.per_channel != parameters.per_channel.value_or(spec.per_channel)) continue;
    // Any quantizer can do without its lowest code, or be signed: these are set, not searched for.
    spec.narrow_range = parameters.narrow_range.value_or(spec.narrow_range);
    if (parameters.signedness_to_force) spec.signedness_to_force = parameters.signedness_to_force;
    if (std::find(result.begin(), result.end(), spec) == result.end()) result.push_back(spec);
  }
  return result;
}

QuantizerSpec default_spec(QuantizationMode preset_mode, const QuantizationParameters& parameters) {
  return {parameters.num_bits.value_or(8), parameters.mode.value_or(preset_mode),
          parameters.per_channel.value_or(false), parameters.narrow_range.value_or(false),
          parameters.signedness_to_force};
}

}  // namespace octet::scheme
