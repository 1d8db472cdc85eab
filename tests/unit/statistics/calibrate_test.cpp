#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "unit/statistics/models.hpp"

using namespace octet;
using namespace octet::tests;

namespace {

using statistics::Requests;
using statistics::Results;

const RangeEstimatorParameters mean_of_extremes =
    estimator(StatisticsType::min, AggregatorType::mean, StatisticsType::max, AggregatorType::mean);
const RangeEstimatorParameters extremes_of_all =
    estimator(StatisticsType::min, AggregatorType::min, StatisticsType::max, AggregatorType::max);

std::vector<ov::Tensor> samples(const ov::Shape& shape, unsigned count) {
  std::vector<ov::Tensor> all;
  for (unsigned i = 0; i < count; ++i)
    all.push_back(noise(shape, i, 1.0F + 0.1F * static_cast<float>(i)));
  return all;
}

/// One tensor whose rows are the samples'.
ov::Tensor batch_of(const std::vector<ov::Tensor>& rows, std::size_t first, std::size_t count) {
  ov::Shape shape = rows[0].get_shape();
  shape[0] = count;
  ov::Tensor batch(ov::element::f32, shape);
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(rows[first + i].data<const float>(), rows[0].get_size(),
                batch.data<float>() + i * rows[0].get_size());
  return batch;
}

Requests everything(const std::string& node) {
  Requests requests;
  requests.ranges.push_back({{node, 0}, {}, mean_of_extremes});
  requests.ranges.push_back({{node, 0}, 1, extremes_of_all});
  requests.ranges.push_back({{node, 0}, {}, mean_of_extremes});
  requests.channel_means.push_back({{node, 0}, 1});
  return requests;
}

ErrorCode fault(const std::function<void()>& action, std::string* what = nullptr) {
  try {
    action();
  } catch (const Error& error) {
    if (what) *what = error.what();
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("ranges and channel means are those of the plain definitions") {
  const std::size_t channels = 5, inner = 7 * 9;
  const auto data = samples({1, channels, 7, 9}, 6);
  const Results results = statistics::calibrate(doubling({-1, 5, 7, 9}), *items(data),
                                                everything("y"), {.subset_size = 6});
  CHECK(results.items == 6);
  CHECK(results.samples == 6);
  CHECK(results.diagnostics.empty());
  double mean_low = 0, mean_high = 0;
  std::vector<float> low(channels, INFINITY), high(channels, -INFINITY);
  std::vector<double> means(channels, 0);
  for (const ov::Tensor& sample : data) {
    float sample_low = INFINITY, sample_high = -INFINITY;
    for (std::size_t i = 0; i < sample.get_size(); ++i) {
      const float y = sample.data<const float>()[i] * 2 + 1;
      const std::size_t c = i / inner;
      sample_low = std::min(sample_low, y);
      sample_high = std::max(sample_high, y);
      low[c] = std::min(low[c], y);
      high[c] = std::max(high[c], y);
      means[c] += y / static_cast<double>(inner * data.size());
    }
    mean_low += sample_low / static_cast<double>(data.size());
    mean_high += sample_high / static_cast<double>(data.size());
  }
  REQUIRE(results.ranges.size() == 3);
  CHECK(results.ranges[0].low[0] == doctest::Approx(mean_low).epsilon(1e-6));
  CHECK(results.ranges[0].high[0] == doctest::Approx(mean_high).epsilon(1e-6));
  CHECK(results.ranges[2].low == results.ranges[0].low);
  CHECK(results.ranges[1].low.size() == channels);
  for (std::size_t c = 0; c < channels; ++c) {
    CHECK(results.ranges[1].low[c] == doctest::Approx(low[c]).epsilon(1e-6));
    CHECK(results.ranges[1].high[c] == doctest::Approx(high[c]).epsilon(1e-6));
    CHECK(results.channel_means.at(0).at(c) == doctest::Approx(means[c]).epsilon(1e-5));
  }
}

TEST_CASE("neither threads nor the grouping into batches change a bit") {
  const Model model = doubling({-1, 5, 7, 9});
  const auto rows = samples({1, 5, 7, 9}, 12);
  const Results one = statistics::calibrate(model, *items(rows), everything("y"), {.threads = 1});
  const auto check_same = [&](const Results& other) {
    CHECK(other.samples == 12);
    CHECK(other.channel_means == one.channel_means);
    for (std::size_t i = 0; i < one.ranges.size(); ++i) {
      CHECK(other.ranges[i].low == one.ranges[i].low);
      CHECK(other.ranges[i].high == one.ranges[i].high);
    }
  };
  for (const std::size_t threads : {2, 3})
    check_same(statistics::calibrate(model, *items(rows), everything("y"), {.threads = threads}));
  check_same(statistics::calibrate(model, *items({batch_of(rows, 0, 8), batch_of(rows, 8, 4)}),
                                   everything("y"), {}));
}

TEST_CASE("an open first axis whose rows know of each other is not taken apart") {
  namespace op = ov::opset13;
  // Steps of time: each reads the mean of all.
  const auto x =
      std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{-1, ov::Dimension(5)});
  const auto mean = std::make_shared<op::ReduceMean>(
      x, op::Constant::create(ov::element::i64, {1}, {0}), /* keep_dims= */ true);
  const auto y = std::make_shared<op::Add>(x, mean);
  y->set_friendly_name("y");
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  const auto rows = samples({1, 5}, 8);
  const auto sequence = items({batch_of(rows, 0, 8)});
  const Results results = statistics::calibrate(model, *sequence, everything("y"), {});
  CHECK(results.samples == 1);
  const auto code = [](const Diagnostic& diagnostic) { return diagnostic.code; };
  CHECK(std::ranges::count(results.diagnostics, "rows_are_not_samples", code) == 1);
  for (std::size_t c = 0; c < 5; ++c) {
    double total = 0;
    for (const ov::Tensor& row : rows) total += row.data<const float>()[c];
    CHECK(results.channel_means[0][c] == doctest::Approx(2 * total / 8).epsilon(1e-5));
  }
}

TEST_CASE("an output that has no row for each sample keeps items whole") {
  namespace op = ov::opset13;
  const auto x =
      std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{-1, ov::Dimension(5)});
  x->set_friendly_name("x");
  const auto sum = std::make_shared<op::ReduceSum>(
      x, op::Constant::create(ov::element::i64, {1}, {0}), /* keep_dims= */ false);
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{sum}, ov::ParameterVector{x});
  const auto batch = items({batch_of(samples({1, 5}, 4), 0, 4)});
  CHECK(statistics::calibrate(model, *batch, everything("x"), {}).samples == 1);
}

TEST_CASE("whole items are measured where the caller wants them whole") {
  const auto rows = samples({1, 5, 7, 9}, 8);
  const auto batch = items({batch_of(rows, 0, 8)});
  const Results whole = statistics::calibrate(doubling({-1, 5, 7, 9}), *batch, everything("y"),
                                              {.batchwise_statistics = false});
  const Results single =
      statistics::calibrate(doubling({-1, 5, 7, 9}), *items(rows), everything("y"), {});
  CHECK(whole.samples == 1);
  CHECK(whole.ranges[1].low == single.ranges[1].low);
  // The mean of one item's extremes is the extreme of all rows.
  CHECK(whole.ranges[0].low[0] == *std::ranges::min_element(single.ranges[1].low));
}

TEST_CASE("a model of a fixed batch has its samples told apart on request") {
  const auto rows = samples({1, 5, 7, 9}, 8);
  const auto batches = items({batch_of(rows, 0, 4), batch_of(rows, 4, 4)});
  const Results fixed = statistics::calibrate(doubling({4, 5, 7, 9}), *batches, everything("y"),
                                              {.batchwise_statistics = true});
  const Results single =
      statistics::calibrate(doubling({-1, 5, 7, 9}), *items(rows), everything("y"), {});
  CHECK(fixed.samples == 8);
  for (std::size_t i = 0; i < single.ranges.size(); ++i) {
    CHECK(fixed.ranges[i].low == single.ranges[i].low);
    CHECK(fixed.ranges[i].high == single.ranges[i].high);
  }
  CHECK(fixed.channel_means == single.channel_means);
}

TEST_CASE("samples may differ in shape") {
  const std::vector<ov::Tensor> data = {noise({1, 5, 4}, 1), noise({1, 5, 9}, 2),
                                        noise({1, 5, 4}, 3), noise({1, 5, 1}, 4)};
  const Results results =
      statistics::calibrate(doubling({-1, 5, -1}), *items(data), everything("y"), {});
  double low = 0;
  for (const ov::Tensor& sample : data) {
    const float* x = sample.data<const float>();
    low += double{*std::min_element(x, x + sample.get_size()) * 2 + 1} / 4;
  }
  CHECK(results.ranges[0].low[0] == doctest::Approx(low).epsilon(1e-6));
}

TEST_CASE("faults of the data name the sample and the tensor") {
  const Model model = doubling({-1, 2});
  std::string what;
  CHECK(fault([&] { statistics::calibrate(model, *items({}), everything("y"), {}); }) ==
        ErrorCode::dataset_empty);
  std::vector<ov::Tensor> data = samples({1, 2}, 20);
  data[12].data<float>()[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK(fault([&] { statistics::calibrate(model, *items(data), everything("y"), {}); }, &what) ==
        ErrorCode::sample_not_finite);
  CHECK(what.find("sample 12: input 'x' holds NaN") != std::string::npos);
  data[9].data<float>()[0] = 3e38F;
  CHECK(fault([&] { statistics::calibrate(model, *items(data), everything("y"), {}); }, &what) ==
        ErrorCode::sample_not_finite);
  CHECK(what.find("node 'y'") != std::string::npos);
  CHECK(what.find("sample 9") != std::string::npos);
}

TEST_CASE("the run reports progress, stops at the subset size and when it is cancelled") {
  const Model model = doubling({-1, 2});
  const auto data = samples({1, 2}, 20);
  std::vector<Progress> seen;
  const Results results = statistics::calibrate(
      model, *items(data), everything("y"),
      {.subset_size = 5,
       .on_progress = [&](const Progress& progress) { seen.push_back(progress); }});
  CHECK(results.items == 5);
  REQUIRE_FALSE(seen.empty());
  CHECK(seen.back().done == 5);
  CHECK(seen.back().total == 5);
  int polls = 0;
  CHECK(fault([&] {
          statistics::calibrate(model, *items(data), everything("y"),
                                {.is_cancelled = [&] { return ++polls > 7; }});
        }) == ErrorCode::cancelled);
}

TEST_CASE("too few samples and constant tensors are reported") {
  ov::Tensor zeros(ov::element::f32, {1, 2});
  std::fill_n(zeros.data<float>(), 2, 0.0F);
  const Results results =
      statistics::calibrate(doubling({-1, 2}), *items({zeros}), everything("y"), {});
  REQUIRE(results.diagnostics.size() == 2);
  CHECK(results.diagnostics[0].code == "constant_tensor");
  CHECK(results.diagnostics[0].where == "node 'y'");
  CHECK(results.diagnostics[1].code == "few_samples");
}

TEST_CASE("the first samples are kept, with what the model makes of them") {
  for (const bool is_open : {true, false}) {
    CAPTURE(is_open);
    auto data = samples({1, 5, 7, 9}, 6);
    Requests requests = everything("twice");
    requests.channel_means.push_back({{"twice", 0}, 1, true});
    requests.keep = 4;
    const std::vector<ov::Tensor> given = {batch_of(data, 0, 3), batch_of(data, 3, 3)};
    const ov::Dimension::value_type batch = is_open ? -1 : 3;
    const Results results = statistics::calibrate(doubling({batch, 5, 7, 9}), *items(given),
                                                  requests, {.subset_size = 2, .threads = 2});
    REQUIRE(results.kept.size() == (is_open ? 4 : 2));
    for (std::size_t i = 0; i < results.kept.size(); ++i) {
      const statistics::KeptSample& kept = results.kept[i];
      const ov::Tensor& sample = is_open ? data[i] : given[i];
      REQUIRE(kept.inputs.size() == 1);
      REQUIRE(kept.outputs.size() == 1);
      REQUIRE(kept.inputs[0].get_shape() == sample.get_shape());
      std::vector<double> means(5, 0);
      for (std::size_t j = 0; j < sample.get_size(); ++j) {
        const float x = sample.data<const float>()[j];
        CHECK(kept.inputs[0].data<const float>()[j] == x);
        CHECK(kept.outputs[0].data<const float>()[j] == x * 2 + 1);
        means[j / 63 % 5] += x * 2.0 / static_cast<double>(sample.get_size() / 5);
      }
      REQUIRE(kept.channel_means.size() == 2);
      CHECK(kept.channel_means[0].empty());
      REQUIRE(kept.channel_means[1].size() == 5);
      for (std::size_t c = 0; c < 5; ++c)
        CHECK(kept.channel_means[1][c] == doctest::Approx(means[c]).epsilon(1e-5));
    }
  }
}

TEST_CASE("kept samples do not change when the dataset's memory does") {
  ov::Tensor buffer = noise({1, 5, 7, 9}, 1);
  const float first = buffer.data<const float>()[0];
  Requests requests = everything("y");
  requests.keep = 3;
  const Results results =
      statistics::calibrate(doubling({1, 5, 7, 9}), *items({buffer}), requests, {.subset_size = 3});
  buffer.data<float>()[0] = first + 1;
  REQUIRE(results.kept.size() == 1);
  CHECK(results.kept[0].inputs[0].data<const float>()[0] == first);
}
