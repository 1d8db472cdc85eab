#include "diagnose/difference.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace octet;

namespace {

ov::Tensor tensor(const ov::Shape& shape, std::vector<float> values) {
  ov::Tensor result(ov::element::f32, shape);
  std::copy(values.begin(), values.end(), result.data<float>());
  return result;
}

}  // namespace

TEST_CASE("differences follow their definitions") {
  diagnose::Difference difference;
  difference.add(tensor({1, 2}, {3, 4}), tensor({1, 2}, {4, 3}));
  difference.add(tensor({1, 2}, {0, 2}), tensor({1, 2}, {0, 1}));
  const OutputDifference result = difference.result("y");
  CHECK(result.name == "y");
  CHECK(result.cosine == doctest::Approx((24.0 / 25 + 1) / 2));
  // Signal 9 + 16 + 4, noise 1 + 1 + 1.
  CHECK(result.sqnr_db == doctest::Approx(10 * std::log10(29.0 / 3)));
  CHECK(result.max_error == 1);
  CHECK(result.top1_agreement == 0.5);
}

TEST_CASE("equal outputs, zeros, infinities and NaN") {
  const float inf = std::numeric_limits<float>::infinity();
  diagnose::Difference equal;
  equal.add(tensor({3}, {0, 0, 0}), tensor({3}, {0, 0, 0}));
  equal.add(tensor({3}, {-inf, 1, 2}), tensor({3}, {-inf, 1, 2}));
  CHECK(std::isinf(equal.result("").sqnr_db));
  CHECK(equal.result("").max_error == 0);
  CHECK(equal.result("").cosine == doctest::Approx(1));
  CHECK_FALSE(equal.result("").top1_agreement.has_value());  // no rows of classes

  diagnose::Difference broken;
  broken.add(tensor({2}, {1, 2}), tensor({2}, {1, std::nanf("")}));
  CHECK(std::isinf(broken.result("").max_error));
  CHECK(std::isnan(broken.result("").sqnr_db));

  diagnose::Difference silenced;
  silenced.add(tensor({2}, {1, 2}), tensor({2}, {0, 0}));
  CHECK(silenced.result("").cosine == 0);
  CHECK(silenced.result("").sqnr_db == 0);
}

TEST_CASE("half precision and integers are compared as numbers") {
  ov::Tensor half(ov::element::f16, {2}), whole(ov::element::i64, {2});
  half.data<ov::float16>()[0] = 1.5F;
  half.data<ov::float16>()[1] = -2.0F;
  whole.data<std::int64_t>()[0] = 1;
  whole.data<std::int64_t>()[1] = -2;
  diagnose::Difference difference;
  difference.add(half, whole);
  CHECK(difference.result("").max_error == 0.5);
}

TEST_CASE("decisions meet what the plugin ran") {
  const std::vector<ExecutedLayer> executed = {
      {"reorder", {"conv"}, "Reorder", "u8", "", 0},
      {"conv", {"conv", "relu"}, "Convolution", "u8", "", 0.5},
      {"after", {"conv"}, "Reorder", "f32", "", 0},
      {"fc", {"fc"}, "FullyConnected", "f32", "", 0.25},
      {"in", {"x"}, "Input", "f32", "", 0},
      {"pool1", {}, "Pooling", "u8", "", 0},
      {"pool2", {}, "Pooling", "i8", "", 0},
      {"pool3", {}, "Pooling", "i8", "", 0},
  };
  const auto outcomes = outcomes_of({{"conv", "Convolution", "int8", ""},
                                     {"fc", "MatMul", "int8", ""},
                                     {"gone", "Add", "float", ""}},
                                    executed);
  CHECK(outcomes[0].ran_as == "Convolution");
  CHECK(outcomes[0].precision == "u8");
  CHECK(is_int8(outcomes[0].precision));
  CHECK_FALSE(is_int8(outcomes[1].precision));
  CHECK(outcomes[2].ran_as.empty());

  const auto kinds = precisions_by_kind(executed);
  REQUIRE(kinds.size() == 4);
  CHECK(kinds[0].type == "Convolution");
  CHECK(kinds[0].milliseconds == 0.5);
  CHECK(kinds[1].type == "FullyConnected");
  CHECK(kinds[2].type == "Pooling");
  CHECK(kinds[2].precisions.at("i8") == 2);
  CHECK(kinds[3].type == "Reorder");
}
