#include <doctest/doctest.h>

#include <chrono>

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

double seconds_to_place(const Model& model, const QuantizeOptions& options) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    (void)scheme::place(model, options);
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

}  // namespace

TEST_CASE("a scope from the first to the last of 200 residual blocks is resolved at once") {
  const Model model = residual_chain(200);
  QuantizeOptions options;
  options.ignored_scope.subgraphs.push_back({{"c0"}, {"a199"}});
  const scheme::Placement placement = scheme::place(model, options);
  CHECK(placement.activations.empty());
  CHECK(placement.weights.empty());
  CHECK(seconds_to_place(model, options) < 1.0);
}

TEST_CASE("the time of placement grows with the size of the graph and not faster") {
  const Model small = residual_chain(200), large = residual_chain(1600);
  const double few = seconds_to_place(small, {}), many = seconds_to_place(large, {});
  // Eight times the operations: the bound is generous to a busy machine, and far below the square.
  CHECK(many < 24 * few);
  CHECK(scheme::place(large, {}).weights.size() == 1600);
}
