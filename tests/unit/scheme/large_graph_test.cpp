#include <doctest/doctest.h>

#include "scheme/placement.hpp"
#include "unit/graph/text_model.hpp"

using namespace octet;

namespace {

Model residual_chain(int blocks) {
  return tests::parse_model(tests::residual_blocks(blocks));
}

}  // namespace

// Both would take minutes, or memory without end, were anything more than linear in the paths or
// operations; benchmarks/micro/placement.cpp prints the times.

TEST_CASE("a scope from the first to the last of 200 residual blocks is resolved at once") {
  QuantizeOptions options;
  options.ignored_scope.subgraphs.push_back({{"c0"}, {"a199"}});
  const scheme::Placement placement = scheme::place(residual_chain(200), options);
  CHECK(placement.activations.empty());
  CHECK(placement.weights.empty());
}

TEST_CASE("thousands of operations are placed") {
  const scheme::Placement placement = scheme::place(residual_chain(1600), {});
  CHECK(placement.weights.size() == 1600);
  CHECK(placement.activations.size() == 3200);
}
