#pragma once

#include "import/aten/program.hpp"

namespace octet::importer::aten {

/// Gives every node a unique name in the user's words and tells where each came from: the node that
/// computes an FX value gets the value's name, its helpers `value/OpType`, constants of weights the
/// qualified name. Removes the marks that conversion left.
SourceMap give_names(const std::shared_ptr<ov::Model>& model, const Program& program,
                     const std::vector<Output>& outputs);

}  // namespace octet::importer::aten
