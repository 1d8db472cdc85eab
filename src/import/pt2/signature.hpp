#pragma once

#include "import/aten/program.hpp"
#include "import/pt2/json.hpp"
#include "import/pt2/tensors.hpp"

namespace octet::importer::pt2 {

/// Fills inputs, weights and outputs of the program from the signature of the graph module.
void read_signature(const View& graph_module, const Tensors& tensors, const Bounds& bounds,
                    const std::filesystem::path& file, aten::Program& program);

}  // namespace octet::importer::pt2
