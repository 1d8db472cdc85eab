#include "octet/runtime.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>

#include <openvino/opsets/opset13.hpp>

#include "octet/diagnose.hpp"
#include "runtime/executed_layers.hpp"
#include "runtime/inputs.hpp"

using namespace octet;
namespace op = ov::opset13;

namespace {

template <typename T>
ov::Tensor tensor(const ov::element::Type& type, const ov::Shape& shape, std::vector<T> values) {
  ov::Tensor result(type, shape);
  std::copy(values.begin(), values.end(), static_cast<T*>(result.data()));
  return result;
}

std::shared_ptr<op::Parameter> input(const std::string& name, const ov::element::Type& type,
                                     const ov::PartialShape& shape) {
  const auto parameter = std::make_shared<op::Parameter>(type, shape);
  parameter->set_friendly_name(name);
  parameter->output(0).set_names({name + "_tensor"});
  return parameter;
}

/// y = 2 x + mask
Model two_inputs() {
  const auto x = input("x", ov::element::f32, {-1, 2});
  const auto mask = input("mask", ov::element::i64, {1});
  const auto two = op::Constant::create(ov::element::f32, {}, {2});
  const auto sum = std::make_shared<op::Add>(std::make_shared<op::Multiply>(x, two),
                                             std::make_shared<op::Convert>(mask, ov::element::f32));
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{sum}, ov::ParameterVector{x, mask});
  return model;
}

/// A convolution by `weight` everywhere, named "conv,1", and a ReLU.
Model convolution(float weight = 0.5F) {
  const auto x = input("x", ov::element::f32, {-1, 3, -1, -1});
  const auto weights =
      op::Constant::create(ov::element::f32, {4, 3, 3, 3}, std::vector<float>(108, weight));
  const auto conv =
      std::make_shared<op::Convolution>(x, weights, ov::Strides{1, 1}, ov::CoordinateDiff{1, 1},
                                        ov::CoordinateDiff{1, 1}, ov::Strides{1, 1});
  conv->set_friendly_name("conv,1");
  const auto relu = std::make_shared<op::Relu>(conv);
  relu->set_friendly_name("relu");
  relu->output(0).set_names({"y"});
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{relu}, ov::ParameterVector{x});
  return model;
}

std::string refused(const Sample& sample) {
  try {
    runtime::bind_inputs(*two_inputs().graph, sample, "sample 3");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::sample_mismatch);
    CHECK(error.where() == "sample 3");
    return error.problem() + ". " + error.remedy();
  }
  return "";
}

const ov::Tensor x = tensor<float>(ov::element::f32, {1, 2}, {1, 2});
const ov::Tensor mask = tensor<std::int64_t>(ov::element::i64, {1}, {10});

}  // namespace

TEST_CASE("a sample's tensors find their inputs by name or by position") {
  const std::vector<Sample> samples = {{{{"", x}, {"", mask}}},
                                       {{{"mask", mask}, {"x", x}}},
                                       {{{"mask_tensor", mask}, {"x_tensor", x}}}};
  for (const Sample& sample : samples) {
    const auto outputs = run(two_inputs(), sample);
    REQUIRE(outputs.size() == 1);
    CHECK(outputs[0].data<float>()[0] == 12);
    CHECK(outputs[0].data<float>()[1] == 14);
  }
}

TEST_CASE("numbers are converted to the input's type unless that would change what they mean") {
  const auto outputs =
      run(two_inputs(), {{{"", tensor<std::uint8_t>(ov::element::u8, {1, 2}, {200, 7})},
                          {"", tensor<std::int32_t>(ov::element::i32, {1}, {-1})}}});
  CHECK(outputs[0].data<float>()[0] == 399);
  CHECK(outputs[0].data<float>()[1] == 13);
  CHECK(run(two_inputs(),
            {{{"", tensor<double>(ov::element::f64, {1, 2}, {0.25, 0})}, {"", mask}}})[0]
            .data<float>()[0] == 10.5F);
  CHECK(refused({{{"", x}, {"", tensor<float>(ov::element::f32, {1}, {1})}}}) ==
        "input 'mask' has elements of type f32, the model takes i64. Convert the samples to i64");
  const auto bytes = input("b", ov::element::u8, {1});
  const ov::Model narrow(ov::OutputVector{bytes}, ov::ParameterVector{bytes});
  CHECK_THROWS_AS(runtime::bind_inputs(
                      narrow, {{{"", tensor<std::int32_t>(ov::element::i32, {1}, {256})}}}, ""),
                  Error);
}

TEST_CASE("a sample that does not fit says which input, what came and what was expected") {
  CHECK(
      refused({{{"", x}}}) ==
      "it has 1 tensors, the model takes 2: 'x' (f32 [?,2]) and 'mask' (i64 [1]). Give one tensor "
      "an input");
  CHECK(
      refused({{{"x", x}, {"maks", mask}}}) ==
      "the model has no input 'maks'; it takes 'x' (f32 [?,2]) and 'mask' (i64 [1]). Did you mean "
      "'mask'?");
  CHECK(refused({{{"x", x}, {"x", x}}}) ==
        "an input is given twice, or by name and by position. Name every input, or none");
  CHECK(refused({{{"", tensor<float>(ov::element::f32, {1, 3}, {1, 2, 3})}, {"", mask}}}) ==
        "input 'x' has shape [1,3], the model takes [?,2]. Give samples of the model's shape");
  CHECK(refused({{{"", tensor<float>(ov::element::f32, {2}, {1, 2})}, {"", mask}}}) ==
        "input 'x' has shape [2], the model takes [?,2]. Add an axis of 1 in front");
}

TEST_CASE("the executed layers name the model's nodes and the precision they run in") {
  RunOptions options;
  options.precision = "f32";
  const auto layers = executed_layers(convolution(), options);
  const auto layer = std::ranges::find(layers, "Convolution", &ExecutedLayer::type);
  REQUIRE(layer != layers.end());
  CHECK(layer->precision == "f32");
  CHECK_FALSE(layer->kernel.empty());
  CHECK(std::ranges::find(layer->originals, "conv,1") != layer->originals.end());
  CHECK(std::ranges::find(layer->originals, "relu") != layer->originals.end());
}

TEST_CASE("names that hold commas are told from lists of names") {
  const auto is_name = [](const std::string& name) {
    return name == "a" || name == "b,c" || name == "d,e,f";
  };
  const auto names = runtime::split_names("a,b,c,x,d,e,f,d", is_name);
  CHECK(names == std::vector<std::string>{"a", "b,c", "x", "d,e,f", "d"});
  CHECK(runtime::split_names("", is_name).empty());
}

TEST_CASE("a benchmark reports ordered percentiles, a rate, and times by layer") {
  const auto results = benchmark({convolution(), two_inputs()}, 0.05, {});
  REQUIRE(results.size() == 2);
  for (const BenchmarkResult& result : results) {
    CHECK(result.p10_ms > 0);
    CHECK(result.p10_ms <= result.median_ms);
    CHECK(result.median_ms <= result.p90_ms);
    CHECK(result.throughput > 0);
    CHECK(result.iterations > 0);
    CHECK(result.compile_ms > 0);
  }
  const auto layer = std::ranges::find(results[0].layers, "Convolution", &ExecutedLayer::type);
  REQUIRE(layer != results[0].layers.end());
  CHECK(layer->milliseconds > 0);
}

TEST_CASE("a benchmark can be cancelled, and refuses unknown precisions and devices") {
  int polls = 0;
  const auto code_of = [](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  CHECK(code_of([&] { benchmark({two_inputs()}, 60, {}, [&] { return ++polls > 5; }); }) ==
        ErrorCode::cancelled);
  RunOptions options;
  options.precision = "f31";
  CHECK(code_of([&] { executed_layers(two_inputs(), options); }) == ErrorCode::invalid_argument);
  options = {};
  options.device = "TOASTER";
  CHECK(code_of([&] { executed_layers(two_inputs(), options); }) == ErrorCode::invalid_argument);
}

TEST_CASE("two models are compared output by output") {
  const auto sample = [](float value) {
    return Sample{{{"x", tensor<float>(ov::element::f32, {1, 3, 1, 1}, {value, value, value})}}};
  };
  const auto data = in_memory({sample(1), sample(2), sample(3)});
  RunOptions options;
  options.precision = "f32";
  const Comparison result = compare(convolution(0.5F), convolution(0.25F), *data, 2, options);
  CHECK(result.samples == 2);
  REQUIRE(result.outputs.size() == 1);
  CHECK(result.outputs[0].name == "y");
  // Outputs of 3 v / 2 and 3 v / 4: half of the signal is missing.
  CHECK(result.outputs[0].sqnr_db == doctest::Approx(20 * std::log10(2)));
  CHECK(result.outputs[0].max_error == doctest::Approx(1.5));
  CHECK(result.outputs[0].cosine == doctest::Approx(1));
  CHECK_THROWS_AS(compare(convolution(), convolution(), *in_memory({}), 2), Error);
  CHECK_THROWS_AS(compare(convolution(), two_inputs(), *in_memory({sample(1)}), 2), Error);
}
