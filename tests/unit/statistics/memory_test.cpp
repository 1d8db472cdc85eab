#include <doctest/doctest.h>

#include "statistics/memory_plan.hpp"
#include "unit/statistics/models.hpp"

using namespace octet;
using namespace octet::statistics;
using namespace octet::tests;

namespace {

constexpr MemoryNeeds needs{1000, 100, 10};

/// `depth` convolutions of 3x3 over `channels`, on 32x32, one behind the other.
Model chain(std::size_t depth, std::size_t channels) {
  namespace op = ov::opset13;
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, channels, 32, 32});
  ov::Output<ov::Node> at = x;
  for (std::size_t i = 0; i < depth; ++i) {
    const auto weights = std::make_shared<op::Constant>(
        noise({channels, channels, 3, 3}, static_cast<unsigned>(i), 0.01F));
    at = std::make_shared<op::Convolution>(at, weights, ov::Strides{1, 1}, ov::CoordinateDiff{1, 1},
                                           ov::CoordinateDiff{1, 1}, ov::Strides{1, 1});
    at.get_node()->set_friendly_name("y" + std::to_string(i));
  }
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{at}, ov::ParameterVector{x});
  return model;
}

}  // namespace

TEST_CASE("a limit takes samples out of flight first, then lets fewer run") {
  const MemoryPlan free = plan_memory(needs, 4, 0);
  CHECK(free.streams == 4);
  CHECK(free.samples_in_flight == 8);
  CHECK(free.predicted_bytes == 1000 + 4 * 100 + 8 * 10);
  const MemoryPlan waiting = plan_memory(needs, 4, 1455);
  CHECK(waiting.streams == 4);
  CHECK(waiting.samples_in_flight == 5);
  const MemoryPlan fewer = plan_memory(needs, 4, 1439);
  CHECK(fewer.streams == 3);
  CHECK(fewer.samples_in_flight == 3);
  CHECK(fewer.predicted_bytes == 1330);
  CHECK(fewer.is_within_limit);
  const MemoryPlan least = plan_memory(needs, 4, 1);
  CHECK(least.streams == 1);
  CHECK(least.samples_in_flight == 1);
  CHECK(least.predicted_bytes == 1110);
  CHECK_FALSE(least.is_within_limit);
}

TEST_CASE("what a graph needs is its weights, the tensors alive at a time, and its ends") {
  constexpr std::size_t channels = 16, tensor = channels * 32 * 32 * 4,
                        weights = channels * channels * 9 * 4;
  const MemoryNeeds two = memory_needs(*chain(2, channels).graph, {}, 0);
  const MemoryNeeds nine = memory_needs(*chain(9, channels).graph, {}, 0);
  CHECK(two.per_stream == 2 * tensor);
  CHECK(nine.per_stream == 2 * tensor);
  CHECK(nine.per_slot == 2 * tensor);
  CHECK(nine.once > two.once + 7 * weights);
  CHECK(memory_needs(*chain(2, channels).graph, {}, 3).once == two.once + 3 * two.per_slot);
}

TEST_CASE("neither a limit nor its plan change a bit of what is measured") {
  const Model model = chain(3, 8);
  std::vector<ov::Tensor> data;
  for (unsigned i = 0; i < 9; ++i) data.push_back(noise({1, 8, 32, 32}, i));
  Requests requests;
  for (const AggregatorType aggregator : {AggregatorType::mean, AggregatorType::mse})
    requests.ranges.push_back(
        {{"y2", 0},
         {},
         estimator(StatisticsType::min, aggregator, StatisticsType::max, aggregator)});
  requests.channel_means.push_back({{"y1", 0}, 1});
  requests.keep = 2;
  std::vector<MemoryPlan> plans;
  const auto run = [&](std::size_t limit) {
    CalibrationOptions options;
    options.threads = 3;
    options.max_memory = limit;
    options.on_memory = [&](const MemoryPlan& plan) { plans.push_back(plan); };
    return calibrate(model, *items(data), requests, options);
  };
  const Results free = run(0), least = run(1);
  REQUIRE(plans.size() == 2);
  CHECK(plans[0].streams == 3);
  CHECK(plans[1].streams == 1);
  for (std::size_t i = 0; i < free.ranges.size(); ++i) {
    CHECK(free.ranges[i].low == least.ranges[i].low);
    CHECK(free.ranges[i].high == least.ranges[i].high);
  }
  CHECK(free.channel_means == least.channel_means);
  CHECK(least.kept.size() == 2);
}
