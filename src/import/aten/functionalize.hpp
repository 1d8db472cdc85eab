#pragma once

#include "import/aten/program.hpp"

namespace octet::importer::aten {

/// Rewrites operators that write into their argument (`relu_`, `copy_`, `index_put_`) as operators
/// that return a new value, and makes later readers of the memory, through whatever view, read the
/// new one. Weights are shared with `program`. Writes to inputs and buffers are noted as dropped.
Program functionalize(const Program& program);

/// The warning that an input or buffer that the model writes to does not keep what is written.
OCTET_API Diagnostic state_dropped(const std::string& name);

}  // namespace octet::importer::aten
