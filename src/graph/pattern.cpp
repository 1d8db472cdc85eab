#include "graph/pattern.hpp"

#include <algorithm>
#include <numeric>

namespace octet::graph {
namespace {

/// How a pattern is walked: node i > 0 is found beside node `neighbour`, which has a unit already.
struct Step {
  int neighbour = -1;
  bool is_reader = false;  ///< the node reads the neighbour; otherwise the neighbour reads it
  int in_degree = 0, out_degree = 0;
};

std::vector<Step> plan(const Pattern& pattern) {
  std::vector<Step> steps(pattern.nodes.size());
  for (const PatternEdge& edge : pattern.edges) {
    steps[edge.source].out_degree += edge.count;
    steps[edge.target].in_degree += edge.count;
    const int later = std::max(edge.source, edge.target);
    if (steps[later].neighbour < 0) {
      steps[later].neighbour = std::min(edge.source, edge.target);
      steps[later].is_reader = later == edge.target;
    }
  }
  return steps;
}

class Matcher {
 public:
  Matcher(const View& view, const Pattern& pattern, const std::vector<char>& used)
      : view_(view), pattern_(pattern), used_(used), steps_(plan(pattern)) {}

  /// The units of the pattern's nodes where node 0 is `anchor`; empty where it does not fit.
  const std::vector<int>& match(int anchor) {
    units_.clear();
    if (fits(0, anchor)) {
      units_.push_back(anchor);
      if (!extend()) units_.clear();
    }
    return units_;
  }

 private:
  bool fits(int node, int unit) const {
    const PatternNode& wanted = pattern_.nodes[node];
    if (wanted.is_context) return true;
    if (!wanted.ops.test(static_cast<std::size_t>(view_.op[unit]))) return false;
    if (used_[unit] && !wanted.is_excluded) return false;
    const Step& step = steps_[node];
    const bool is_first = step.in_degree == 0, is_last = step.out_degree == 0;
    if (!is_last && static_cast<int>(view_.out[unit].size()) != step.out_degree) return false;
    if (!is_first && static_cast<int>(view_.in[unit].size()) != step.in_degree) return false;
    return true;
  }

  bool edges_fit() const {
    for (const PatternEdge& wanted : pattern_.edges) {
      int count = 0;
      // A context node's own readers are not counted: there may be any number of them.
      for (const int e : view_.in[units_[wanted.target]])
        count += view_.edges[e].source == units_[wanted.source];
      if (count != wanted.count) return false;
    }
    return true;
  }

  bool extend() {
    const int node = static_cast<int>(units_.size());
    if (node == static_cast<int>(pattern_.nodes.size())) return edges_fit();
    const Step& step = steps_[node];
    const int neighbour = units_[step.neighbour];
    const auto candidates = step.is_reader ? view_.out[neighbour] : view_.in[neighbour];
    for (const int e : candidates) {
      const int unit = step.is_reader ? view_.edges[e].target : view_.edges[e].source;
      if (std::find(units_.begin(), units_.end(), unit) != units_.end() || !fits(node, unit))
        continue;
      units_.push_back(unit);
      if (extend()) return true;
      units_.pop_back();
    }
    return false;
  }

  const View& view_;
  const Pattern& pattern_;
  const std::vector<char>& used_;
  std::vector<Step> steps_;
  std::vector<int> units_;
};

}  // namespace

std::vector<Match> find_matches(const View& view, const std::vector<Pattern>& patterns) {
  std::vector<int> order(patterns.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return patterns[a].size > patterns[b].size; });
  std::vector<char> used(view.op.size(), 0);
  std::vector<Match> matches;
  for (const int p : order) {
    Matcher matcher(view, patterns[p], used);
    for (int anchor = 0; anchor < view.size(); ++anchor) {
      const std::vector<int>& units = matcher.match(anchor);
      if (units.empty()) continue;
      Match match{p, {}};
      for (std::size_t node = 0; node < units.size(); ++node) {
        const PatternNode& wanted = patterns[p].nodes[node];
        if (wanted.is_context || wanted.is_excluded) continue;
        match.units.push_back(units[node]);
        used[units[node]] = 1;
      }
      std::sort(match.units.begin(), match.units.end());
      matches.push_back(std::move(match));
    }
  }
  return matches;
}

}  // namespace octet::graph
