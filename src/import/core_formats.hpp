#pragma once

#include <filesystem>

#include "octet/model.hpp"

namespace octet::importer {

/// OpenVINO IR. A table of sources that an earlier save wrote is restored.
Model load_ir(const std::filesystem::path& path);
/// ONNX, with external data beside it.
Model load_onnx(const std::filesystem::path& path);

}  // namespace octet::importer
