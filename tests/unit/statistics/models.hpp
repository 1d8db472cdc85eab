#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <openvino/opsets/opset13.hpp>

#include "octet/dataset.hpp"
#include "octet/model.hpp"
#include "statistics/statistics.hpp"

namespace octet::tests {

/// Values from a fixed seed, normal, times `scale`.
inline ov::Tensor noise(const ov::Shape& shape, unsigned seed, float scale = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, scale);
  ov::Tensor tensor(ov::element::f32, shape);
  std::generate_n(tensor.data<float>(), tensor.get_size(), [&] { return normal(random); });
  return tensor;
}

/// x named "x", of `shape`, and "y" = 2 x + 1.
inline Model doubling(const ov::PartialShape& shape) {
  namespace op = ov::opset13;
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, shape);
  x->set_friendly_name("x");
  const auto two = op::Constant::create(ov::element::f32, {}, {2});
  const auto one = op::Constant::create(ov::element::f32, {}, {1});
  const auto twice = std::make_shared<op::Multiply>(x, two);
  twice->set_friendly_name("twice");
  const auto y = std::make_shared<op::Add>(twice, one);
  y->set_friendly_name("y");
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  return model;
}

inline std::unique_ptr<Dataset> items(const std::vector<ov::Tensor>& tensors) {
  std::vector<Sample> samples;
  for (const ov::Tensor& tensor : tensors) samples.push_back({{{"", tensor}}});
  return in_memory(std::move(samples));
}

inline RangeEstimatorParameters estimator(StatisticsType low, AggregatorType low_aggregator,
                                          StatisticsType high, AggregatorType high_aggregator,
                                          double outliers = 1e-4) {
  return {{low, low_aggregator, {}, outliers}, {high, high_aggregator, {}, outliers}};
}

}  // namespace octet::tests
