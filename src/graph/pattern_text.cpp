#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "graph/pattern.hpp"
#include "octet/error.hpp"

namespace octet::graph {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else if (!std::isspace(static_cast<unsigned char>(c)))
      parts.back() += c;
  }
  return parts;
}

class Parser {
 public:
  explicit Parser(Pattern& pattern) : pattern_(pattern) {}

  void chain(std::string_view text) {
    int previous = -1, count = 1;
    for (const std::string& token : split(text, '>')) {
      if (token.empty()) {  // `>>` splits into an empty token between two arrows
        ++count;
        continue;
      }
      const int node = find_or_add(token);
      if (previous >= 0) pattern_.edges.push_back({previous, node, count});
      previous = node;
      count = 1;
    }
  }

 private:
  int find_or_add(std::string token) {
    if (const auto named = by_label_.find(token); named != by_label_.end()) return named->second;
    const int index = static_cast<int>(pattern_.nodes.size());
    if (const std::size_t colon = token.find(':'); colon != std::string::npos) {
      by_label_.emplace(token.substr(0, colon), index);
      token.erase(0, colon + 1);
    }
    PatternNode node;
    if (!token.empty() && token.back() == '!') {
      node.is_excluded = true;
      token.pop_back();
    }
    node.is_context = token == "any";
    for (const std::string& name : split(node.is_context ? "" : token, '|')) {
      const auto ops = find_op_set(name);
      if (!ops && !node.is_context)
        throw Error(ErrorCode::internal, "graph", "pattern '" + pattern_.name + "'",
                    "'" + name + "' is no operation or class", "Please report it");
      if (ops) node.ops |= *ops;
    }
    pattern_.nodes.push_back(node);
    return index;
  }

  Pattern& pattern_;
  std::unordered_map<std::string, int> by_label_;
};

/// Orders the nodes so that each is next to an earlier one, and those that may have many readers
/// come last.
void reorder(Pattern& pattern) {
  const int count = static_cast<int>(pattern.nodes.size());
  std::vector<int> order, place(count, -1);
  const auto append = [&](int node) {
    if (place[node] >= 0) return;
    place[node] = static_cast<int>(order.size());
    order.push_back(node);
  };
  int first = 0;
  while (pattern.nodes[first].is_context) ++first;
  append(first);
  for (const bool with_context : {false, true}) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (const PatternEdge& edge : pattern.edges) {
        if (edge.source == order[i] && pattern.nodes[edge.target].is_context <= with_context)
          append(edge.target);
        if (edge.target == order[i] && pattern.nodes[edge.source].is_context <= with_context)
          append(edge.source);
      }
    }
  }
  std::vector<PatternNode> nodes;
  for (const int node : order) nodes.push_back(pattern.nodes[node]);
  pattern.nodes = std::move(nodes);
  for (PatternEdge& edge : pattern.edges) {
    edge.source = place[edge.source];
    edge.target = place[edge.target];
  }
}

}  // namespace

Pattern parse_pattern(std::string_view name, std::string_view text) {
  Pattern pattern;
  pattern.name = name;
  Parser parser(pattern);
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    parser.chain(text.substr(begin, end - begin));
    begin = end + 1;
  }
  reorder(pattern);
  pattern.size = static_cast<int>(std::count_if(pattern.nodes.begin(), pattern.nodes.end(),
                                                [](const auto& n) { return !n.is_context; }));
  return pattern;
}

}  // namespace octet::graph
