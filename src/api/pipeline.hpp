#pragma once

#include <vector>

#include "octet/quantize.hpp"
#include "scheme/placement.hpp"

namespace octet::api {

/// What is decided before any data is read.
struct Plan {
  QuantizeOptions options;      ///< resolved
  std::vector<Edit> structure;  ///< edits that come before placement
  Model model;                  ///< with these applied
  scheme::Placement placement;
  std::vector<Diagnostic> diagnostics;
};
Plan plan(const Model& model, const QuantizeOptions& options);
/// Throws `Error` (invalid_argument).
void check(const QuantizeOptions& options);

}  // namespace octet::api
