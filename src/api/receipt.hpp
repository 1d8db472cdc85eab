#pragma once

#include <optional>
#include <vector>

#include "octet/model.hpp"
#include "octet/quantize.hpp"

namespace octet::api {

/// The options that made `quantized`, by its receipt; nothing for a model of another tool. Throws
/// `Error` (unsupported_version) where an entry cannot be read.
std::optional<QuantizeOptions> receipt_options(const ov::Model& quantized);

/// What `quantize` decided for each layer of `reference` when it made `quantized`: by the options
/// of its receipt, or by the graphs alone.
std::vector<LayerDecision> decisions_of(const Model& reference, const Model& exact,
                                        const Model& quantized);

}  // namespace octet::api
