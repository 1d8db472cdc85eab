#pragma once

#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet::graph {

/// What each rule of an ignored scope means in a graph.
struct ResolvedScope {
  std::vector<std::string> rules;       ///< `name 'head'`, in the scope's order
  std::vector<std::vector<int>> nodes;  ///< of each rule, ascending
  /// For each node the first rule that covers it, or -1.
  std::vector<int> rule_of;
};

/// Resolves a scope in the user's words.
///
/// A name is a friendly name, the name of a value in the source, or a module path, which covers all
/// that is in the module. A pattern is a regular expression that fits the beginning of any of
/// those. A type is an OpenVINO type, an operation of the source (`conv2d`, `aten.conv2d.default`)
/// or a module class (`Conv2d`). A subgraph is everything on a path from its inputs to its outputs.
/// Throws `Error`: ignored_scope_mismatch where a rule matches nothing and the scope is validated,
/// invalid_argument on a malformed regular expression.
ResolvedScope resolve(const IgnoredScope& scope, const Graph& graph, const SourceMap& sources);

/// Throws ignored_scope_mismatch about a rule of `scope`.
[[noreturn]] void fail_scope(const std::string& rule, const std::string& problem,
                             const std::string& remedy);

}  // namespace octet::graph
