#pragma once

#include <vector>

#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet::scheme {

/// Fills what the user left open: `model_type` from the graph, `preset` from the model type,
/// `overflow_fix` from the target and from `sums_overflow`, which says whether the machine that the
/// model is made for sums 8-bit products in 16 bits. Notes what was decided. What is set stays.
///
/// Every stage works on resolved options; resolving again changes nothing.
QuantizeOptions resolve_options(const Model& model, QuantizeOptions options, bool sums_overflow,
                                std::vector<Diagnostic>& diagnostics);

}  // namespace octet::scheme
