#pragma once

#include <string>
#include <vector>

#include "octet/quantize.hpp"
#include "octet/recipe.hpp"
#include "octet/runtime.hpp"

namespace octet::search {

/// What INT8 brings a layer.
struct LayerGain {
  std::string node;
  double milliseconds = 0;  ///< what it took before, less what it takes now; negative: slower
};

/// The gain of each of `layers`, the smallest first (equal ones in the order given). What was fused
/// into one kernel shares its time evenly; a quantizer that runs by itself belongs to the layers
/// that read it.
///
/// `before`, `now`: executed layers, with times, of the model without and with `edits`.
std::vector<LayerGain> layer_gains(const std::vector<std::string>& layers,
                                   const std::vector<Edit>& edits,
                                   const std::vector<ExecutedLayer>& before,
                                   const std::vector<ExecutedLayer>& now);

}  // namespace octet::search
