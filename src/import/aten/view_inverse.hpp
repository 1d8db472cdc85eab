#pragma once

#include "import/aten/program.hpp"

namespace octet::importer::aten {

/// The node that puts `part`, a changed view, back into `whole`, which `view` (its result number
/// `result`) was taken of. Where that cannot be said, a node that lowering reports as unsupported
/// if its result is needed. The caller fills outputs and source.
Node undo_view(const Node& view, std::size_t result, const std::string& whole,
               const std::string& part);

/// Target of the node that stands for a write that cannot be expressed.
inline constexpr const char* lost_write_target = "octet.lost_write";

}  // namespace octet::importer::aten
