#include <doctest/doctest.h>

#include <cmath>

#include <openvino/core/model.hpp>
#include <openvino/op/ops.hpp>

#include "core/input_shape.hpp"
#include "octet/dataset.hpp"

using namespace octet;

namespace {

std::shared_ptr<ov::Model> model_of(
    const std::vector<std::pair<ov::element::Type, ov::PartialShape>>& inputs) {
  ov::ParameterVector parameters;
  ov::OutputVector outputs;
  for (const auto& [type, shape] : inputs) {
    parameters.push_back(std::make_shared<ov::op::v0::Parameter>(type, shape));
    outputs.push_back(parameters.back());
  }
  return std::make_shared<ov::Model>(outputs, parameters);
}

}  // namespace

TEST_CASE("random data fit the model's inputs, repeat, and come with a warning") {
  const auto model = model_of({{ov::element::f32, {-1, 3, 8, 8}}, {ov::element::i64, {1, -1}}});
  const auto first = random_samples(model, 2), again = random_samples(model, 2);
  std::vector<float> all;
  for (int item = 0; item < 2; ++item) {
    const auto a = first->next(), b = again->next();
    REQUIRE(a.has_value());
    REQUIRE(a->inputs.size() == 2);
    const ov::Tensor &real = a->inputs[0].second, &index = a->inputs[1].second;
    CHECK(real.get_shape() == ov::Shape{1, 3, 8, 8});
    CHECK(index.get_shape() == ov::Shape{1, 16});
    for (std::size_t i = 0; i < real.get_size(); ++i) {
      const float value = real.data<float>()[i];
      CHECK(std::abs(value) <= 1);
      CHECK(value == b->inputs[0].second.data<float>()[i]);
      all.push_back(value);
    }
    for (std::size_t i = 0; i < index.get_size(); ++i)
      CHECK((index.data<std::int64_t>()[i] == 0 || index.data<std::int64_t>()[i] == 1));
  }
  CHECK_FALSE(first->next().has_value());
  // Uniform in -1..1: mean 0, variance 1/3, within five standard errors.
  double sum = 0, squares = 0;
  for (const float value : all) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(all.size());
  CHECK(std::abs(sum / count) < 5 * std::sqrt(1 / 3.0 / count));
  CHECK(std::abs(squares / count - 1 / 3.0) < 5 * std::sqrt(4 / 45.0 / count));
  CHECK(first->diagnostics().at(0).code == "random_data");
}

TEST_CASE("a type that cannot be drawn is an error") {
  const auto data = random_samples(model_of({{ov::element::u4, {4}}}), 1);
  CHECK_THROWS_AS(data->next(), Error);
}

TEST_CASE("shapes for a model without data stay within the model's bounds") {
  using ov::Dimension;
  CHECK(core::example_shape({-1, 3, -1, -1}) == ov::Shape{1, 3, 224, 224});
  CHECK(core::example_shape({-1, -1}) == ov::Shape{1, 16});
  CHECK(core::example_shape({Dimension(2, 8), 3, Dimension(1, 64), Dimension(300, -1)}) ==
        ov::Shape{2, 3, 64, 300});
  CHECK(core::example_shape(ov::PartialShape::dynamic()) == ov::Shape{1});
}
