#include "diagnose/verdict.hpp"

#include <doctest/doctest.h>

#include "diagnose/born_errors.hpp"
#include "octet/quantize.hpp"
#include "unit/recipe/graphs.hpp"
#include "unit/statistics/models.hpp"

using namespace octet;
using namespace octet::test;
using runtime::Tensors;

namespace {

/// `values` with `error` added to every one, with turning signs.
ov::Tensor off_by(const ov::Tensor& values, float error) {
  ov::Tensor result(values.get_element_type(), values.get_shape());
  for (std::size_t i = 0; i < values.get_size(); ++i)
    result.data<float>()[i] = values.data<const float>()[i] + (i % 2 == 0 ? error : -error);
  return result;
}

Verdict::Level level_at(float error) {
  const ov::Tensor exact = tests::noise({1, 4000, 1}, 1);
  return diagnose::judge({"y"}, {{exact}}, {{off_by(exact, error)}}).level;
}

}  // namespace

TEST_CASE("the level follows the ratio of signal to noise") {
  CHECK(level_at(0) == Verdict::Level::good);
  CHECK(level_at(0.3F) == Verdict::Level::good);       // 10.5 dB
  CHECK(level_at(0.34F) == Verdict::Level::doubtful);  // 9.4 dB
  CHECK(level_at(0.48F) == Verdict::Level::doubtful);  // 6.4 dB
  CHECK(level_at(0.53F) == Verdict::Level::collapsed);
  CHECK(level_at(NAN) == Verdict::Level::collapsed);
}

TEST_CASE("the worst output decides, and what cannot be compared is left out") {
  const ov::Tensor good = tests::noise({1, 64, 1}, 1), bad = tests::noise({1, 64, 1}, 2);
  ov::Tensor indices(ov::element::i64, {1, 3}), fewer(ov::element::f32, {2, 3}),
      more(ov::element::f32, {4, 3});
  std::fill_n(indices.data<std::int64_t>(), 3, 7);
  const Tensors exact = {good, indices, bad, fewer},
                rounded = {off_by(good, 0.01F), indices, off_by(bad, 2), more};
  const Verdict verdict = diagnose::judge({"a", "b", "c", "d"}, {exact}, {rounded});
  REQUIRE(verdict.outputs.size() == 2);
  CHECK(verdict.outputs[1].name == "c");
  CHECK(verdict.level == Verdict::Level::collapsed);
  CHECK(to_string(verdict).find("1 sample: output 'c' has SQNR -") != std::string::npos);
  const Verdict nothing = diagnose::judge({"b"}, {{indices}}, {{indices}});
  CHECK(nothing.level == Verdict::Level::unchecked);
  CHECK(to_string(nothing) == "unchecked");
}

TEST_CASE("a classifier that decides otherwise is in doubt") {
  ov::Tensor exact(ov::element::f32, {4, 2}), other(ov::element::f32, {4, 2});
  for (std::size_t i = 0; i < 4; ++i) {
    exact.data<float>()[2 * i] = 1.0F;
    exact.data<float>()[2 * i + 1] = 1.1F;
    other.data<float>()[2 * i] = i == 0 ? 1.0F : 1.2F;  // three of four change their mind
    other.data<float>()[2 * i + 1] = i == 0 ? 1.1F : 0.8F;
  }
  const Verdict verdict = diagnose::judge({"logits"}, {{exact}}, {{other}});
  CHECK(verdict.outputs[0].sqnr_db > 10);
  CHECK(verdict.level == Verdict::Level::doubtful);
  CHECK(to_string(verdict).find("the same top-1 in 25 %") != std::string::npos);
}

TEST_CASE("the error of a layer is that of rounding its own inputs and weight") {
  // One layer: what is born in it is the whole error of the output, bias correction included.
  Graph g;
  const auto x = g.input("x", {1, 4, 8, 8});
  const auto pooled = g.op<ov::op::v1::MaxPool>("pool", x, ov::Strides{2, 2}, ov::Shape{0, 0},
                                                ov::Shape{0, 0}, ov::Shape{2, 2});
  const auto conv = convolution(g, "conv", pooled, g.constant("w", {6, 4, 3, 3}));
  const Model model = g.model({g.op<ov::op::v1::Add>("bias", conv, g.constant("b", {1, 6, 1, 1}))});
  std::vector<ov::Tensor> data;
  std::vector<Tensors> samples;
  for (unsigned i = 0; i < 4; ++i) {
    data.push_back(tests::noise({1, 4, 8, 8}, i));
    samples.push_back({data.back()});
  }
  QuantizeOptions options;
  options.subset_size = 4;
  const QuantizeResult result = quantize(model, *tests::items(data), options);
  const std::vector<LayerError> errors =
      diagnose::born_errors(model, result.recipe.edits, samples, 1);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].node == "conv");

  // Independently: the error of the output, against the layer's own size without the bias.
  const auto exact = runtime::run_samples(model.graph, samples, 1);
  const auto rounded = runtime::run_samples(result.model.graph, samples, 1);
  Graph bare;
  const auto x2 = bare.input("x", {1, 4, 8, 8});
  const auto pooled2 = bare.op<ov::op::v1::MaxPool>("pool", x2, ov::Strides{2, 2}, ov::Shape{0, 0},
                                                    ov::Shape{0, 0}, ov::Shape{2, 2});
  const Model without_bias =
      bare.model({convolution(bare, "conv", pooled2, bare.constant("w", {6, 4, 3, 3}))});
  const auto layer = runtime::run_samples(without_bias.graph, samples, 1);
  double signal = 0, noise = 0;
  for (std::size_t s = 0; s < samples.size(); ++s)
    for (std::size_t i = 0; i < layer[s][0].get_size(); ++i) {
      const double y = layer[s][0].data<float>()[i];
      const double error = double{rounded[s][0].data<float>()[i]} - exact[s][0].data<float>()[i];
      signal += y * y;
      noise += error * error;
    }
  CHECK(errors[0].sqnr_db == doctest::Approx(10 * std::log10(signal / noise)).epsilon(1e-3));
}

TEST_CASE("layers behind an embedding are measured, with what it looks up rounded") {
  Graph g;
  const auto ids = g.input("ids", {1, 4});
  const auto index = g.op<ov::op::v0::Convert>("index", ids, ov::element::i64);
  const auto embedding =
      g.op<ov::op::v8::Gather>("embedding", g.constant("table", {9, 16}), index,
                               ov::op::v0::Constant::create(ov::element::i64, {}, {0}));
  const auto head =
      g.op<ov::op::v0::MatMul>("head", embedding, g.constant("w", {5, 16}), false, true);
  const Model model = g.model({g.op<ov::op::v0::Tanh>("tanh", head)});
  std::vector<ov::Tensor> data;
  std::vector<Tensors> samples;
  for (int i = 0; i < 4; ++i) {
    ov::Tensor tensor(ov::element::f32, {1, 4});
    for (int j = 0; j < 4; ++j) tensor.data<float>()[j] = static_cast<float>((i + 2 * j) % 9);
    data.push_back(tensor);
    samples.push_back({tensor});
  }
  QuantizeOptions options;
  options.subset_size = 4;
  const QuantizeResult result = quantize(model, *tests::items(data), options);
  std::vector<std::string> names;
  for (const LayerError& error : diagnose::born_errors(model, result.recipe.edits, samples, 1)) {
    names.push_back(error.node);
    CHECK(error.sqnr_db > 25);
  }
  std::ranges::sort(names);
  CHECK(names == std::vector<std::string>{"head"});
}
