#include <doctest/doctest.h>

#include "octet/recipe.hpp"
#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;

namespace {
std::string fingerprint_with(float weight, std::ptrdiff_t padding, const char* name,
                             std::size_t height) {
  Graph g;
  const auto constant = std::make_shared<ov::op::v0::Constant>(
      ov::element::f32, ov::Shape{2, 3, 3, 3}, std::vector<float>{weight});
  const auto conv = g.op<ov::op::v1::Convolution>(
      name, g.input("x", {1, 3, static_cast<std::int64_t>(height), 8}), g.named(constant, "w"),
      ov::Strides{1, 1}, ov::CoordinateDiff{padding, 0}, ov::CoordinateDiff{0, 0},
      ov::Strides{1, 1});
  return fingerprint(g.model({conv}));
}
}  // namespace

TEST_CASE("the fingerprint depends on weights, attributes, names and shapes, and on nothing else") {
  const std::string first = fingerprint_with(0.5F, 0, "conv", 8);
  CHECK(first.size() == 16);
  CHECK(fingerprint_with(0.5F, 0, "conv", 8) == first);
  CHECK(fingerprint_with(0.25F, 0, "conv", 8) != first);
  CHECK(fingerprint_with(0.5F, 1, "conv", 7) != first);
  CHECK(fingerprint_with(0.5F, 0, "conv_1", 8) != first);
  CHECK(fingerprint_with(0.5F, 0, "conv", 9) != first);
}

TEST_CASE("a clone has the same fingerprint") {
  Graph g;
  Model model = g.model({g.batch_norm("n", g.input("x", {-1, 4, 2, 2}), 4)});
  const std::string before = fingerprint(model);
  model.graph = model.graph->clone();
  CHECK(fingerprint(model) == before);
}
