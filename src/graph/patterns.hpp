#pragma once

#include <vector>

#include "graph/pattern.hpp"

namespace octet::graph {

/// Activation functions written as several operations, and what each counts as.
struct Composite {
  Pattern pattern;
  Op op;
};
const std::vector<Composite>& composite_patterns();
/// What a runtime executes as one, without or with fusing elementwise operations into layers.
const std::vector<Pattern>& fused_patterns(bool with_elementwise);

/// Operations that stay in floating point.
struct IgnoredPattern {
  Pattern pattern;
  bool transformer_only;  ///< searched in transformers only
  bool is_optional;       ///< left out for targets with other kernels for attention
};
const std::vector<IgnoredPattern>& ignored_patterns();

}  // namespace octet::graph
