#pragma once

#include <filesystem>

#include "import/aten/program.hpp"

namespace octet::importer::pt2 {

/// Reads what `torch.export.save` of torch 2.13 wrote (schema 8.x), without torch. Weights are
/// views of the mapped file. Throws `Error` naming the file and the entry or node.
aten::Program read(const std::filesystem::path& path);

}  // namespace octet::importer::pt2
