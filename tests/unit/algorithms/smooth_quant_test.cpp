#include "algorithms/smooth_quant.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "algorithms/fast_bias_correction.hpp"
#include "algorithms/min_max.hpp"
#include "recipe/apply.hpp"
#include "recipe/weight_codes.hpp"
#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;
namespace op = ov::op;

namespace {

QuantizeOptions transformer() {
  QuantizeOptions options;
  options.model_type = ModelType::transformer;
  return options;
}

/// norm → (q, k); its sum is read by nobody else unless `has_residual`.
Model attention_like(bool has_residual) {
  Graph g;
  const auto x = g.input("x", {2, 3, 8});
  const auto axes = op::v0::Constant::create(ov::element::i64, {1}, {2});
  const auto mvn =
      g.op<op::v6::MVN>("mvn", x, g.named(axes, "axes"), true, 1e-5F, op::MVNEpsMode::INSIDE_SQRT);
  const auto gamma = g.op<op::v1::Multiply>("gamma", mvn, g.constant("norm.weight", {8}));
  const auto norm = g.op<op::v1::Add>("norm", gamma, g.constant("norm.bias", {8}));
  const auto q = g.op<op::v0::MatMul>("q", norm, g.constant("q.weight", {5, 8}), false, true);
  const auto k = g.op<op::v0::MatMul>("k", norm, g.constant("k.weight", {8, 4}), false, false);
  ov::OutputVector outputs = {q, k};
  if (has_residual) outputs.push_back(g.op<op::v0::Relu>("residual", norm));
  return g.model(outputs);
}

std::vector<ScaleChannels> places(const Model& model, const QuantizeOptions& options) {
  std::vector<ScaleChannels> found;
  for (const Edit& edit : algorithms::structural_edits(model, options))
    found.push_back(std::get<ScaleChannels>(edit));
  return found;
}

statistics::Range extremes() {
  return {{-1, -2, -0.5F, -30, 0, -1, -0.1F, -7}, {1, 1, 0.7F, 40, 0, 3, 0.2F, 6}};
}

double norm_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("scaling channels changes no result, whether a normalization takes it or not") {
  for (const bool has_residual : {false, true}) {
    CAPTURE(has_residual);
    const Model model = attention_like(has_residual);
    std::vector<ScaleChannels> found = places(model, transformer());
    REQUIRE(found.size() == 1);
    CHECK(found[0].tensor.node == "norm");
    CHECK(found[0].axis == 2);
    CHECK(found[0].uses == std::vector<UseRef>{{"k", 0}, {"q", 0}});
    CHECK(found[0].name == (has_residual ? "norm/smooth_quant" : ""));
    CHECK(found[0].scale == std::vector<float>(8, 1.0F));

    found[0].scale = {0.25F, 3, 0.1F, 7, 1, 0.6F, 11, 2};
    const Model scaled = recipe::apply_edits(model, {found[0]});
    CHECK(count<op::v1::Multiply>(scaled) == (has_residual ? 2 : 1));
    CHECK(scaled.graph->get_ops().size() == model.graph->get_ops().size() + (has_residual ? 2 : 0));
    const auto before = infer(model.graph), after = infer(scaled.graph);
    for (std::size_t i = 0; i < before.size(); ++i)
      CHECK(relative_error(after[i], before[i]) < 1e-5);
    CHECK(find(scaled, "q.weight"));
  }
}

TEST_CASE("only transformers are smoothed, and only layers whose alpha is not negative") {
  const Model model = attention_like(false);
  QuantizeOptions options;
  CHECK(places(model, options).empty());
  options = transformer();
  options.advanced.smooth_quant_alphas.matmul = -1;
  CHECK(places(model, options).empty());
  CHECK(std::string(algorithms::pipeline(options)[0]->name()) == "min_max");
  options = transformer();
  CHECK(std::string(algorithms::pipeline(options)[0]->name()) == "smooth_quant");
}

TEST_CASE("scales balance activations against weights, and the ranges follow") {
  const Model model = attention_like(true);
  const QuantizeOptions options = transformer();
  scheme::Placement placement;
  const QuantizerSpec weight_spec{8, QuantizationMode::symmetric, true, true, true};
  placement.activations = {{{"norm/smooth_quant", 0}, {{"q", 0}, {"k", 0}}, {}, {}, {}}};
  placement.weights = {{{"q", 1}, "q.weight", weight_spec, {0}, false},
                       {{"k", 1}, "k.weight", weight_spec, {1}, false}};
  std::vector<Edit> edits = algorithms::structural_edits(model, options);
  const Model structured = recipe::apply_edits(model, edits);
  const algorithms::Context context{structured, placement, options, edits};
  statistics::Requests requests;
  const auto pipeline = algorithms::pipeline(options);
  for (const auto& step : pipeline) step->request(context, requests);
  REQUIRE(requests.ranges.size() == 2);
  for (const statistics::RangeRequest& request : requests.ranges) {
    CHECK(request.tensor.node == "norm");
    CHECK(request.axis == 2);
  }
  statistics::Results results;
  results.ranges = {extremes(), extremes()};
  results.channel_means.assign(requests.channel_means.size(), {0.1, -0.4, 0.2, 3, 0, 1, 0.05, -1});
  std::vector<Diagnostic> diagnostics;
  for (const auto& step : pipeline) step->run(context, results, edits, diagnostics);

  // The formula, written down a second time.
  const auto values = [&](const char* name) {
    return ov::as_type_ptr<op::v0::Constant>(find(model, name))->cast_vector<double>();
  };
  const std::vector<double> q = values("q.weight"), k = values("k.weight");
  std::vector<double> scale(8);
  for (std::size_t c = 0; c < 8; ++c) {
    const double a = std::max({-extremes().low[c], extremes().high[c], 1e-5F});
    double w = 0;
    for (std::size_t o = 0; o < 5; ++o) w = std::max(w, std::abs(q[o * 8 + c]));
    for (std::size_t o = 0; o < 4; ++o) w = std::max(w, std::abs(k[c * 4 + o]));
    scale[c] = std::pow(a, 0.95) / std::pow(w, 0.05);
  }
  std::vector<double> sorted = scale;
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted[0] + 0.7 * (sorted[1] - sorted[0]);
  for (double& value : scale) value = std::min(std::max(value, low), 100.0);

  const auto& found = std::get<ScaleChannels>(edits[0]).scale;
  for (std::size_t c = 0; c < 8; ++c) CHECK(found[c] == doctest::Approx(scale[c]));

  double largest = 0;
  for (std::size_t c = 0; c < 8; ++c)
    largest = std::max(largest, std::max(-extremes().low[c], extremes().high[c]) / scale[c]);
  CHECK(std::get<QuantizeActivation>(edits[1]).range.high[0] == doctest::Approx(largest));
  const auto& weight = std::get<QuantizeWeight>(edits[2]);
  for (std::size_t o = 0; o < 5; ++o) {
    double high = 0;
    for (std::size_t c = 0; c < 8; ++c) high = std::max(high, std::abs(q[o * 8 + c]) * scale[c]);
    CHECK(weight.range.high[o] == doctest::Approx(high));
  }

  // The mean error that is taken back is that of the scaled weight under the scaled input.
  REQUIRE(std::holds_alternative<ShiftBias>(edits[4]));
  std::vector<float> scaled_weight(q.size());
  for (std::size_t i = 0; i < q.size(); ++i)
    scaled_weight[i] = static_cast<float>(q[i] * found[i % 8]);
  const std::vector<float> rounded = recipe::dequantize(
      recipe::quantize_weight(scaled_weight.data(), {5, 8}, {0}, weight_spec, weight.range), {5, 8},
      {0});
  std::vector<double> difference;
  for (std::size_t o = 0; o < 5; ++o) {
    double error = 0;
    for (std::size_t c = 0; c < 8; ++c)
      error += (double{rounded[o * 8 + c]} - scaled_weight[o * 8 + c]) *
               results.channel_means[0][c] / found[c];
    difference.push_back(error + std::get<ShiftBias>(edits[4]).shift[o]);
  }
  CHECK(norm_of(difference) < 1e-6);

  CHECK_NOTHROW(recipe::apply_edits(model, edits));
}

TEST_CASE("scales that do not fit the model are refused") {
  const auto message = [](const Model& model, const ScaleChannels& edit) {
    try {
      recipe::apply_edits(model, {edit});
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::recipe_mismatch);
      return error.problem();
    }
    return std::string("it was accepted");
  };
  const std::vector<float> eight(8, 2.0F);
  const ScaleChannels good{"", {"norm", 0}, {{"q", 0}, {"k", 0}}, 2, eight};
  ScaleChannels edit = good;
  CHECK(message(attention_like(false), edit) == "it was accepted");
  CHECK(message(attention_like(true), edit).rfind("the scales cannot go into it", 0) == 0);
  edit.uses = {{"q", 0}};
  CHECK(message(attention_like(false), edit).rfind("the scales cannot go into it", 0) == 0);
  edit = good;
  edit.scale = {2.0F};
  CHECK(message(attention_like(false), edit).rfind("the recipe has 1 scales", 0) == 0);
  edit = good;
  edit.tensor = {"gamma", 0};
  CHECK(message(attention_like(false), edit) == "its input 0 is not 'gamma' as in the recipe");
  edit = good;
  edit.name = "s";
  edit.uses = {{"residual", 0}};
  CHECK(message(attention_like(true), edit) == "it has no constant weight of 8 input channels");
}
