#pragma once

#include <string>
#include <vector>

#include "octet/export.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet {

/// One rule of an ignored scope, and what it does to a model.
struct RulePreview {
  std::string rule;                ///< in words, such as "name 'head'"
  std::vector<std::string> nodes;  ///< friendly names of all that it covers
  /// Layers that would be INT8 without the scope and are not with it, since this rule covers them.
  std::vector<std::string> layers;
  /// Why the rule is of no use and what to do about it; empty where it is. With
  /// `IgnoredScope::validate`, `quantize` stops there.
  std::string problem, remedy;
};

struct Preview {
  std::vector<RulePreview> rules;  ///< names, patterns, types, subgraphs, each in the scope's order
  /// Layers that no rule covers, and that the scope keeps in floating point all the same: what
  /// they read, or what reads them, is no longer quantized.
  std::vector<std::string> also;
};

/// What each rule of `options.ignored_scope` would touch; needs no data. Throws `Error`:
/// invalid_argument on a malformed regular expression.
OCTET_API Preview preview(const Model& model, const QuantizeOptions& options);

}  // namespace octet
