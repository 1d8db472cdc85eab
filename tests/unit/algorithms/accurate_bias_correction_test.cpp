#include <doctest/doctest.h>

#include "octet/quantize.hpp"
#include "octet/runtime.hpp"
#include "unit/api/models.hpp"

using namespace octet;
using namespace octet::tests;

namespace {

namespace op = ov::op;

constexpr std::size_t kept = 16, measured = 8;

/// Layers of every kind that a bias can follow, one after the other.
Model network() {
  test::Graph g;
  const auto with_bias = [&](const std::string& name, const ov::Output<ov::Node>& layer,
                             const ov::Shape& shape) {
    return g.op<op::v1::Add>(name + "/bias", layer, g.constant(name + "/b", shape, -0.1F, 0.1F));
  };
  const auto x = g.input("x", {1, 3, 8, 8});
  const auto conv = with_bias(
      "conv", test::convolution(g, "conv", x, g.constant("w1", {8, 3, 3, 3})), {1, 8, 1, 1});
  const auto relu = g.op<op::v0::Relu>("relu", conv);
  const auto depthwise = g.op<op::v1::GroupConvolution>(
      "depthwise", relu, g.constant("w2", {8, 1, 1, 3, 3}), ov::Strides{1, 1},
      ov::CoordinateDiff{1, 1}, ov::CoordinateDiff{1, 1}, ov::Strides{1, 1});
  const auto relu2 = g.op<op::v0::Relu>("relu2", with_bias("depthwise", depthwise, {1, 8, 1, 1}));
  const auto flat = g.op<op::v1::Reshape>(
      "flat", relu2, op::v0::Constant::create(ov::element::i64, {2}, {1, 512}), false);
  const auto head = g.op<op::v0::MatMul>("head", flat, g.constant("w3", {6, 512}), false, true);
  return g.model({with_bias("head", head, {1, 6})});
}

std::vector<ov::Tensor> data() {
  return noises({1, 3, 8, 8}, kept);
}

/// Activations that are clipped at both ends have a mean error that the fast correction ignores.
QuantizeOptions clipping() {
  QuantizeOptions options;
  options.subset_size = kept;
  auto& estimator = options.advanced.activations_range_estimator_params;
  estimator.min = {StatisticsType::quantile, AggregatorType::mean, {}, 0.05};
  estimator.max = {StatisticsType::quantile, AggregatorType::mean, {}, 0.05};
  return options;
}

QuantizeResult quantized(const Model& model, bool is_fast, bool is_off = false) {
  QuantizeOptions options = clipping();
  options.fast_bias_correction = is_fast;
  options.advanced.disable_bias_correction = is_off;
  return quantize(model, *items(data()), options);
}

std::vector<double> outputs(const Model& model, std::size_t sample) {
  RunOptions options;
  options.precision = "f32";
  const ov::Tensor output = run(model, {{{"", data()[sample]}}}, options).at(0);
  return {output.data<float>(), output.data<float>() + output.get_size()};
}

/// Mean error of each output over the samples that the correction measures.
std::vector<double> mean_errors(const Model& model, const Model& other) {
  std::vector<double> errors(6, 0);
  for (std::size_t sample = 0; sample < measured; ++sample) {
    const auto exact = outputs(model, sample), rounded = outputs(other, sample);
    for (std::size_t c = 0; c < errors.size(); ++c)
      errors[c] += (rounded[c] - exact[c]) / static_cast<double>(measured);
  }
  return errors;
}

double total_error(const Model& model, const Model& other) {
  double error = 0;
  for (std::size_t sample = 0; sample < kept; ++sample) {
    const auto exact = outputs(model, sample), rounded = outputs(other, sample);
    for (std::size_t c = 0; c < exact.size(); ++c)
      error += (exact[c] - rounded[c]) * (exact[c] - rounded[c]);
  }
  return error;
}

double largest(const std::vector<double>& values) {
  double result = 0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

}  // namespace

TEST_CASE("the mean error that clipped activations make is taken back, and no error grows") {
  const Model model = network();
  const QuantizeResult none = quantized(model, true, true), fast = quantized(model, true),
                       accurate = quantized(model, false);
  REQUIRE(std::ranges::count_if(accurate.recipe.edits, [](const Edit& edit) {
            return std::holds_alternative<ShiftBias>(edit);
          }) == 3);
  CHECK(total_error(model, accurate.model) < total_error(model, fast.model));
  CHECK(total_error(model, accurate.model) < total_error(model, none.model));
  const double before = largest(mean_errors(model, fast.model)),
               after = largest(mean_errors(model, accurate.model));
  CHECK(after < before / 2);
}

TEST_CASE("without a mean error to take back, what is known to be best is kept") {
  const Model model = network();
  QuantizeOptions options;
  options.subset_size = kept;
  const auto error = [&] {
    return total_error(model, quantize(model, *items(data()), options).model);
  };
  const double fast = error();
  options.fast_bias_correction = false;
  const double accurate = error();
  options.advanced.disable_bias_correction = true;
  CHECK(accurate <= fast * (1 + 1e-6));
  CHECK(accurate <= error() * (1 + 1e-6));
}

TEST_CASE("the correction depends neither on threads nor on how often it is made") {
  const Model model = network();
  QuantizeOptions options;
  options.subset_size = kept;
  options.fast_bias_correction = false;
  std::string first;
  for (const std::size_t threads : {1, 2, 3}) {
    options.threads = threads;
    const std::string recipe = to_json(quantize(model, *items(data()), options).recipe);
    if (first.empty()) first = recipe;
    CHECK(recipe == first);
  }
}

TEST_CASE("layers that are scaled between are corrected in their new units") {
  const Model model = network();
  QuantizeOptions options = clipping();
  options.advanced.disable_channel_alignment = false;
  const double before = largest(mean_errors(model, quantize(model, *items(data()), options).model));
  options.fast_bias_correction = false;
  const double after = largest(mean_errors(model, quantize(model, *items(data()), options).model));
  CHECK(after < before / 2);
}
