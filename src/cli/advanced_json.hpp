#pragma once

#include <string>

#include "octet/options.hpp"

namespace octet::cli {

/// Reads advanced parameters from JSON, `{"overflow_fix": "disable", …}`, by the names of the
/// Python API. `text` is JSON, or the path of a file that holds it. Throws `Error`
/// (invalid_argument) naming the key.
AdvancedParameters parse_advanced(const std::string& text);

}  // namespace octet::cli
