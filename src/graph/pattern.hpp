#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/view.hpp"

namespace octet::graph {

struct PatternNode {
  OpSet ops;
  bool is_context = false;   ///< `any`: stands beside the match, may have other readers
  bool is_excluded = false;  ///< `!`: must be there, but does not belong to the result
};
struct PatternEdge {
  int source, target;
  int count = 1;  ///< reads of one tensor
};

/// A small acyclic graph of operations.
///
/// Text form: chains `linear > Add > activation`, separated by `;`. A node is an op or class of
/// op_table, or several as `Add|Subtract`, or `any`; `a:Add` names it, and `a` alone means the same
/// node again. `Add!` must be there but is not part of the result. `x >> Multiply` reads x twice.
struct Pattern {
  std::string name;
  std::vector<PatternNode> nodes;  ///< each one after the first is next to an earlier one
  std::vector<PatternEdge> edges;
  int size = 0;  ///< nodes that are not context
};
/// Throws `Error` (internal) on a text that is malformed.
Pattern parse_pattern(std::string_view name, std::string_view text);

struct Match {
  int pattern;             ///< index into the patterns
  std::vector<int> units;  ///< ascending, without context and excluded nodes
};
/// Finds disjoint matches, larger patterns first, then in the patterns' order, then in the units'.
///
/// Nothing outside may read what a match computes half-way: of its nodes, only those without a
/// predecessor in the pattern have other inputs, and only those without a successor other readers.
/// Linear in the view's size for patterns whose nodes have few readers.
std::vector<Match> find_matches(const View& view, const std::vector<Pattern>& patterns);

}  // namespace octet::graph
