#include <doctest/doctest.h>

#include "scheme/placement.hpp"
#include "unit/graph/text_model.hpp"

using namespace octet;

namespace {

/// A chain of residual blocks: five operations each, with constants.
Model residual_chain(int blocks) {
  std::string text = "x = Parameter f32[1,4,8,8]\ns0 = Relu(x)\n";
  for (int i = 0; i < blocks; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    text += "c" + n + " = Convolution(s" + n + ", const[4,4,1,1])\n";
    text += "b" + n + " = Add(c" + n + ", const[1,4,1,1])\n";
    text += "r" + n + " = Relu(b" + n + ")\n";
    text += "a" + n + " = Add(r" + n + ", s" + n + ")\n";
    text += "s" + next + " = Relu(a" + n + ")\n";
  }
  return tests::parse_model(text + "out = Result(s" + std::to_string(blocks) + ")\n");
}

}  // namespace

// Both would take minutes, or memory without end, were anything more than linear in the paths or
// operations; benchmarks/placement.cpp prints the times.

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
