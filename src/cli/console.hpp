#pragma once

#include <string>
#include <vector>

#include "octet/error.hpp"

namespace octet::cli {

/// Data go to standard output. Throws `Error` (output_unwritable) where it is closed or full.
void print(const std::string& text);
/// Warnings go to standard error, and notes too unless `quiet`.
void print(const std::vector<Diagnostic>& diagnostics, bool quiet);
void print_error(const std::string& message);

/// `octet quantize 'my model.pt2' --data photos`: the command as a shell would take it again.
std::string command_line(int argc, const char* const* argv);

}  // namespace octet::cli
