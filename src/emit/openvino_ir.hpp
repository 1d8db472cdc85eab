#pragma once

#include <filesystem>

#include "octet/model.hpp"

namespace octet::emit {

/// Writes OpenVINO IR: `path`, which ends in `.xml`, and the weights beside it with `.bin`. Floats
/// stay f32: the saved model computes what the model in memory does. The same graph gives the same
/// bytes. Throws `Error` (invalid_argument, output_unwritable), leaving nothing behind.
void write_openvino_ir(const Model& model, const std::filesystem::path& path);

}  // namespace octet::emit
