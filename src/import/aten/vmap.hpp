#pragma once

#include "import/aten/program.hpp"

namespace octet::importer::aten {

/// Writes out what torch.vmap left in a captured graph: calls that mark an axis as a batch, between
/// which operators see a tensor without it. Afterwards every value has its batch axes in front, in
/// the order of nesting, and operators broadcast over them. Elementwise operators and indexing of a
/// tensor that is not batched can be rewritten; others are reported as unsupported where an output
/// needs them. Expects a functional program.
Program unbatch(Program program);

/// Target of the node that stands for an operator that cannot be written out.
inline constexpr const char* vmapped_target = "octet.vmapped";

}  // namespace octet::importer::aten
