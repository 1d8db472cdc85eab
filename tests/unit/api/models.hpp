#pragma once

#include "unit/recipe/graphs.hpp"
#include "unit/statistics/models.hpp"

namespace octet::tests {

constexpr std::size_t tokens = 8, width = 16, channels = 12;

/// Two layers, of which the second reads a channel a thousand times larger than the others that its
/// weight hardly uses: what is left of the others in 8 bits is zero.
inline Model with_outlier() {
  namespace op = ov::op;
  test::Graph g;
  const auto x = g.input("x", {1, tokens, width});
  const auto first =
      g.op<op::v0::MatMul>("first", x, g.constant("w1", {width, width}), false, true);
  std::vector<float> large(width, 1), small;
  large[3] = 1000;
  const auto scale = g.named(
      std::make_shared<op::v0::Constant>(ov::element::f32, ov::Shape{1, 1, width}, large), "scale");
  const auto scaled = g.op<op::v1::Multiply>("scaled", first, scale);
  small = g.constant("even", {channels, width})->cast_vector<float>();
  for (std::size_t i = 3; i < small.size(); i += width) small[i] *= 1e-4F;
  const auto weight = g.named(
      std::make_shared<op::v0::Constant>(ov::element::f32, ov::Shape{channels, width}, small),
      "w2");
  // A bend keeps the scaling from being folded into the layer before.
  const auto bent = g.op<op::v0::Elu>("bent", scaled, 1.0);
  return g.model({g.op<op::v0::MatMul>("second", bent, weight, false, true)});
}

inline std::vector<ov::Tensor> noises(const ov::Shape& shape, unsigned count) {
  std::vector<ov::Tensor> all;
  for (unsigned i = 0; i < count; ++i) all.push_back(noise(shape, i));
  return all;
}

}  // namespace octet::tests
