#pragma once

#include <string>

#include "octet/options.hpp"

namespace octet::tests {

/// Sets an option from `key = value`: the tutorial's names, lists separated by commas, a subgraph
/// as `subgraph = first, last`. Throws `std::runtime_error` on what it does not know.
void set_option(QuantizeOptions& options, const std::string& assignment);

}  // namespace octet::tests
