#pragma once

#include <set>
#include <string>

#include "scheme/placement.hpp"

namespace octet::tests {

/// One line a quantizer, layer and diagnostic, as in the cases.
std::set<std::string> describe(const scheme::Placement& placement);

}  // namespace octet::tests
