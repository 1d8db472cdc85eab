#include "algorithms/min_max.hpp"

#include <doctest/doctest.h>

#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;

namespace {

struct Run {
  std::vector<Edit> edits;
  std::vector<Diagnostic> diagnostics;
  statistics::Requests requests;
};

Run run(const Model& model, const scheme::Placement& placement, const statistics::Results& results,
        const QuantizeOptions& options = {}) {
  Run run;
  const algorithms::Context context{model, placement, options};
  algorithms::MinMax algorithm;
  algorithm.request(context, run.requests);
  algorithm.run(context, results, run.edits, run.diagnostics);
  return run;
}

Model two_layers() {
  Graph g;
  const auto first =
      convolution(g, "first", g.input("x", {1, 4, 6, 6}), g.constant("w1", {4, 4, 3, 3}));
  return g.model({convolution(g, "second", first, g.constant("w2", {4, 4, 3, 3}))});
}

const QuantizerSpec signed_tensor{};
const QuantizerSpec weight_spec{8, QuantizationMode::symmetric, true, true, true};

}  // namespace

TEST_CASE("quantizers of one group get one range that covers them all") {
  scheme::Placement placement;
  placement.activations = {{{"x", 0}, {{"first", 0}}, signed_tensor, {}, 5},
                           {{"first", 0}, {{"second", 0}}, signed_tensor, {}, 5}};
  statistics::Results results;
  results.ranges = {{{-1.0F}, {2.0F}}, {{-0.5F}, {4.0F}}};
  const Run result = run(two_layers(), placement, results);
  REQUIRE(result.edits.size() == 2);
  for (const Edit& edit : result.edits) {
    const auto& quantizer = std::get<QuantizeActivation>(edit);
    CHECK(quantizer.range.high[0] == 4.0F);
    CHECK(quantizer.range.low[0] == doctest::Approx(-4.0 * 128 / 127));
    CHECK(quantizer.group == 5);
  }
  CHECK(std::get<QuantizeActivation>(result.edits[0]).name == "x/quantizer");
}

TEST_CASE("two quantizers on one tensor have different names") {
  scheme::Placement placement;
  placement.activations = {{{"x", 0}, {{"first", 0}}, signed_tensor, {}, {}},
                           {{"x", 0}, {{"second", 0}}, signed_tensor, {}, {}}};
  statistics::Results results;
  results.ranges = {{{-1.0F}, {2.0F}}, {{-1.0F}, {2.0F}}};
  const Run result = run(two_layers(), placement, results);
  CHECK(std::get<QuantizeActivation>(result.edits[0]).name !=
        std::get<QuantizeActivation>(result.edits[1]).name);
}

TEST_CASE("a weight's range comes from its own values, channel by channel") {
  const Model model = two_layers();
  scheme::Placement placement;
  placement.weights = {{{"first", 1}, "w1", weight_spec, {0}, false},
                       {{"second", 1}, "w2", weight_spec, {0}, true}};
  const Run result = run(model, placement, {});
  REQUIRE(result.edits.size() == 2);
  for (const int layer : {0, 1}) {
    const auto& quantizer = std::get<QuantizeWeight>(result.edits[layer]);
    const std::vector<float> values =
        ov::as_type_ptr<ov::op::v0::Constant>(find(model, layer == 0 ? "w1" : "w2"))
            ->cast_vector<float>();
    for (std::size_t c = 0; c < 4; ++c) {
      float largest = 0;
      for (std::size_t i = c * 36; i < (c + 1) * 36; ++i)
        largest = std::max(largest, std::abs(values[i]));
      CHECK(quantizer.range.high.at(c) == doctest::Approx(layer == 0 ? largest : 2 * largest));
      CHECK(quantizer.range.low.at(c) == -quantizer.range.high[c]);
    }
    CHECK(quantizer.range.levels == 255);
  }
}

TEST_CASE("a search for the range of each channel is replaced by extremes, and that is said") {
  scheme::Placement placement;
  placement.activations = {
      {{"x", 0},
       {{"first", 0}},
       QuantizerSpec{8, QuantizationMode::symmetric, true, false, {}},
       1,
       {}},
      {{"first", 0}, {{"second", 0}}, signed_tensor, {}, {}},
  };
  placement.weights = {{{"first", 1}, "w1", weight_spec, {0}, false},
                       {{"second", 1}, "w2", weight_spec, {0}, false}};
  QuantizeOptions options;
  options.advanced.activations_range_estimator_params.max.aggregator_type = AggregatorType::mse;
  options.advanced.activations_range_estimator_params.min = {
      StatisticsType::quantile, AggregatorType::mean, {}};
  options.advanced.weights_range_estimator_params.min.aggregator_type = AggregatorType::histogram;
  statistics::Results results;
  results.ranges = {{{-1, -1, -1, -1}, {1, 1, 1, 1}}, {{-1}, {1}}};
  const Run result = run(two_layers(), placement, results, options);

  const RangeEstimatorParameters& channels = result.requests.ranges.at(0).estimator;
  CHECK(channels.max.aggregator_type == AggregatorType::max);
  CHECK(channels.max.statistics_type == StatisticsType::abs_max);
  // What can be done for the other end is done.
  CHECK(channels.min.statistics_type == StatisticsType::quantile);
  CHECK(channels.min.aggregator_type == AggregatorType::mean);
  CHECK(result.requests.ranges.at(1).estimator.max.aggregator_type == AggregatorType::mse);

  REQUIRE(result.diagnostics.size() == 2);
  for (const Diagnostic& diagnostic : result.diagnostics) {
    CHECK(diagnostic.code == "search_is_per_tensor");
    CHECK(diagnostic.where == "node 'first'");
  }
  CHECK(result.diagnostics[0].message.find("'activations_range_estimator_params'") !=
        std::string::npos);
  CHECK(result.diagnostics[0].message.find("this layer has") != std::string::npos);
  CHECK(result.diagnostics[1].message.find("'weights_range_estimator_params'") !=
        std::string::npos);
  CHECK(result.diagnostics[1].message.find("and 1 more have") != std::string::npos);
}

TEST_CASE("a weight that is not finite is an error, and a dead channel is noted") {
  const auto run_with = [](float value) {
    Graph g;
    const auto weight =
        ov::op::v0::Constant::create<float>(ov::element::f32, {2, 1, 1, 1}, {1, value});
    const auto conv = g.op<ov::op::v1::Convolution>(
        "conv", g.input("x", {1, 1, 2, 2}), g.named(weight, "w"), ov::Strides{1, 1},
        ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
    scheme::Placement placement;
    placement.weights = {{{"conv", 1}, "w", weight_spec, {0}, false}};
    return run(g.model({conv}), placement, {});
  };
  for (const float value : {NAN, INFINITY, -INFINITY})
    CHECK_THROWS_WITH_AS(run_with(value),
                         doctest::Contains("node 'conv': its weight 'w' holds NaN"), Error);
  CHECK(run_with(0.5F).diagnostics.empty());
  const Run dead = run_with(0);
  REQUIRE(dead.diagnostics.size() == 1);
  CHECK(dead.diagnostics[0].code == "dead_channels");
  CHECK(dead.diagnostics[0].message == "1 of the weight's 2 channels are all zero");
}
