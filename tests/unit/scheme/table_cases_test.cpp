/// Every row of the tables of patterns and operations has a case in tests/cases/scheme.

#include <doctest/doctest.h>

#include <set>

#include "graph/idle.hpp"
#include "graph/patterns.hpp"
#include "unit/graph/text_model.hpp"
#include "unit/scheme/case_file.hpp"

namespace {

using namespace octet;
using graph::View;

/// Adds the names of the patterns that are found.
std::vector<graph::Match> find(const graph::Graph& flat, const View& view,
                               const std::vector<graph::Pattern>& patterns,
                               std::set<std::string>& names) {
  std::vector<graph::Match> matches =
      graph::find_matches(graph::without_idle(view, graph::find_idle(flat, view)), patterns);
  for (const graph::Match& match : matches) names.insert(patterns[match.pattern].name);
  return matches;
}

struct Used {
  std::set<std::string> patterns, operations;
};

void note(const graph::Graph& flat, Used& used) {
  for (int node = 0; node < flat.size(); ++node)
    used.operations.insert(std::string(graph::row(flat.op[node]).type));
  std::vector<graph::Pattern> composites;
  for (const graph::Composite& row : graph::composite_patterns()) composites.push_back(row.pattern);
  View view = graph::view_of(flat);
  while (true) {
    std::vector<graph::Fusion> fusions;
    for (graph::Match& match : find(flat, view, composites, used.patterns))
      fusions.push_back(
          {std::move(match.units), graph::composite_patterns()[match.pattern].op, true});
    if (fusions.empty()) break;
    graph::include_idle(view, graph::find_idle(flat, view), fusions);
    view = graph::fuse(view, fusions);
  }
  std::vector<graph::Pattern> ignored;
  for (const graph::IgnoredPattern& row : graph::ignored_patterns()) ignored.push_back(row.pattern);
  find(flat, view, ignored, used.patterns);
  find(flat, view, graph::fused_patterns(true), used.patterns);
}

Used used_by_cases() {
  Used used;
  for (const auto& path : tests::case_paths("scheme"))
    note(graph::flatten(*tests::parse_model(tests::read_case(path)["model"]).graph), used);
  return used;
}

}  // namespace

TEST_CASE("every row of the tables has a case") {
  const Used used = used_by_cases();
  std::set<std::string> patterns;
  for (const graph::Composite& row : graph::composite_patterns()) patterns.insert(row.pattern.name);
  for (const graph::IgnoredPattern& row : graph::ignored_patterns())
    patterns.insert(row.pattern.name);
  for (const graph::Pattern& pattern : graph::fused_patterns(true)) patterns.insert(pattern.name);
  for (const std::string& name : patterns)
    CHECK_MESSAGE(used.patterns.count(name), "no case of scheme holds the pattern " << name);
  for (int op = 1; op < static_cast<int>(graph::Op::count); ++op) {
    const graph::OpRow& row = graph::row(static_cast<graph::Op>(op));
    if (row.trait != graph::Trait::none)
      CHECK_MESSAGE(used.operations.count(std::string(row.type)),
                    "no case of scheme holds the operation " << row.type);
  }
}
