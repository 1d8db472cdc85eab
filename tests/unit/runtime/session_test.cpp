#include "runtime/session.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <thread>

#include <openvino/opsets/opset13.hpp>

using namespace octet;
using runtime::Session;
namespace op = ov::opset13;

namespace {

/// y = x * factor, of any batch.
Model times(float factor, const ov::PartialShape& shape) {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, shape);
  const auto y =
      std::make_shared<op::Multiply>(x, op::Constant::create(ov::element::f32, {}, {factor}));
  Model model;
  model.graph = std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x});
  return model;
}

/// Sums over the channels, so that the order of axes shows.
Model channel_sums() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, 2, 2, 3});
  const auto axes = op::Constant::create(ov::element::i64, {1}, {1});
  Model model;
  model.graph = std::make_shared<ov::Model>(
      ov::OutputVector{std::make_shared<op::ReduceSum>(x, axes, true), x}, ov::ParameterVector{x});
  return model;
}

std::vector<float> run(Session& session, std::vector<float> input, const ov::Shape& shape) {
  std::vector<float> output(input.size());
  auto run = session.start();
  run.set_input(0, input.data(), shape);
  run.set_output(0, output.data(), shape);
  run.infer();
  return output;
}

}  // namespace

TEST_CASE("a session takes and gives tensors in the orders of memory that it was made for") {
  runtime::SessionOptions options;
  options.input_orders = {{0, 2, 3, 1}};
  options.output_orders = {{}, {0, 3, 2, 1}};
  Session session(channel_sums(), options);
  // Channels last: two channels at each of 2 x 3 places.
  std::vector<float> input(12);
  std::iota(input.begin(), input.end(), 0.0F);
  std::vector<float> sums(6), copy(12);
  auto run = session.start();
  run.set_input(0, input.data(), {1, 2, 3, 2});
  run.set_output(0, sums.data(), {1, 1, 2, 3});
  run.set_output(1, copy.data(), {1, 3, 2, 2});
  run.infer();
  CHECK(sums == std::vector<float>{1, 5, 9, 13, 17, 21});
  // Width is the slowest now: place (0, 0), then (1, 0), each with its two channels.
  CHECK(copy == std::vector<float>{0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11});
}

TEST_CASE("an order that is no permutation of the axes is refused") {
  runtime::SessionOptions options;
  options.input_orders = {{0, 2, 2, 1}};
  CHECK_THROWS_AS(Session(channel_sums(), options), Error);
  options.input_orders = {{1, 0}};
  CHECK_THROWS_AS(Session(channel_sums(), options), Error);
}

TEST_CASE("runs from many threads do not mix") {
  Session session(times(3, {-1, 4}), {});
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto value = static_cast<float>(100 * t + i);
        const std::size_t rows = 1 + static_cast<std::size_t>(i % 3);
        const auto output = run(session, std::vector<float>(4 * rows, value), {rows, 4});
        for (float item : output) wrong += item != 3 * value;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(session.facts().compiles == 1);
}

TEST_CASE("an output that is not set is the session's") {
  Session session(times(2, {-1, 2}), {});
  std::vector<float> input = {1, 2, 3, 4};
  auto run = session.start();
  run.set_input(0, input.data(), {2, 2});
  run.infer();
  const ov::Tensor output = run.output(0);
  REQUIRE(output.get_shape() == ov::Shape{2, 2});
  CHECK(output.data<float>()[3] == 8);
}

TEST_CASE("a limit releases the session that was not run for the longest time") {
  const auto limit = std::make_shared<runtime::SessionLimit>(2);
  const auto make = [&](float factor) {
    runtime::SessionOptions options;
    options.limit = limit;
    auto session = std::make_unique<Session>(times(factor, {1, 1}), options);
    session->compile();
    return session;
  };
  const auto first = make(2), second = make(3);
  CHECK(run(*first, {1}, {1, 1}) == std::vector<float>{2});
  const auto third = make(4);
  CHECK(first->facts().is_compiled);
  CHECK_FALSE(second->facts().is_compiled);
  CHECK(third->facts().is_compiled);
  // It is compiled again when it is needed, and another makes room.
  CHECK(run(*second, {1}, {1, 1}) == std::vector<float>{3});
  CHECK(second->facts().compiles == 2);
  CHECK_FALSE(first->facts().is_compiled);
}
