#pragma once

#include "diagnose/powers.hpp"
#include "octet/model.hpp"
#include "octet/recipe.hpp"
#include "octet/verdict.hpp"
#include "runtime/run_samples.hpp"

namespace octet::diagnose {

/// The error that each quantized layer makes by itself, over all `samples`, the worst first (layers
/// with equal errors in the graph's order). One model is compiled, in which every layer stands
/// beside its rounded self and reads the same exact inputs.
///
/// `edits` are a recipe's, made for `model`. Throws `Error` (recipe_mismatch, runtime_failed).
std::vector<LayerError> born_errors(const Model& model, const std::vector<Edit>& edits,
                                    const std::vector<runtime::Tensors>& samples,
                                    std::size_t threads);
/// The same for two graphs whose nodes of one name compute the same. The rounded one is only read.
std::vector<LayerError> born_errors(const ov::Model& exact, const ov::Model& rounded,
                                    const Shifts& shifts,
                                    const std::vector<runtime::Tensors>& samples,
                                    std::size_t threads);

}  // namespace octet::diagnose
