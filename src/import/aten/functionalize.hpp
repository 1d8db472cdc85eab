#pragma once

#include "import/aten/program.hpp"

namespace octet::importer::aten {

/// Rewrites operators that write into their argument (`relu_`, `copy_`, `index_put_`) as operators
/// that return a new value, and makes later readers of the memory, through whatever view, read the
/// new one. Weights are shared with `program`.
Program functionalize(const Program& program);

}  // namespace octet::importer::aten
