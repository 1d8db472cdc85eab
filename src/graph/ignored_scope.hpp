#pragma once

#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet::graph {

/// One rule of an ignored scope, and what it means in a graph.
struct ScopeRule {
  std::string kind;        ///< "name", "pattern", "type" or "subgraph"
  std::string text;        ///< `'head'`, or `from 'a' to 'b'`
  std::vector<int> nodes;  ///< what it covers, ascending
  /// Why it is of no use and what to do about it; empty where it is.
  std::string problem, remedy;

  std::string words() const { return kind + " " + text; }
};

/// What an ignored scope means in a graph.
struct ResolvedScope {
  std::vector<ScopeRule> rules;  ///< names, patterns, types, subgraphs, each in the scope's order
  /// For each node the first rule that covers it, or -1.
  std::vector<int> rule_of;
};

/// Resolves a scope in the user's words.
///
/// A name is a friendly name, the name of a value in the source, or a module path, which covers all
/// that is in the module. A pattern is a regular expression that fits the beginning of any of
/// those. A type is an OpenVINO type, an operation of the source (`conv2d`, `aten.conv2d.default`)
/// or a module class (`Conv2d`), which covers all that is in such modules. A subgraph is everything
/// on a path from its inputs to its outputs, found by reachability.
/// A rule that matches nothing has a problem. Throws `Error`: invalid_argument on a malformed
/// regular expression.
ResolvedScope resolve(const IgnoredScope& scope, const Graph& graph, const SourceMap& sources);

/// Throws ignored_scope_mismatch about the first rule with a problem.
void check(const ResolvedScope& scope);

}  // namespace octet::graph
