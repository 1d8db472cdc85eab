#pragma once

#include "api/pipeline.hpp"

namespace octet::api {

/// How many samples of the calibration the guard wants to see; none where it is off.
std::size_t samples_to_keep(const Model& model, const QuantizeOptions& options);

/// Judges `quantized`, made of `model` by `options`, on the samples that it kept, and says so among
/// its diagnostics. Where the outputs are in doubt, names the layers that make the error; where
/// they have collapsed, also looks for options that give a better model on the same samples, and
/// does as `options.on_collapse` says. Throws `Error` (accuracy_collapsed).
void guard(const Model& model, const QuantizeOptions& options, Quantized& quantized,
           Stages& stages);

}  // namespace octet::api
