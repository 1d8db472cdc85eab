#include "statistics/kernels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "statistics/exact_sum.hpp"
#include "unit/statistics/models.hpp"

using namespace octet;
using namespace octet::statistics;
using octet::tests::noise;

TEST_CASE("extremes and sums of runs of any length are those of plain loops") {
  for (const std::size_t count : {1, 2, 15, 16, 17, 63, 64, 65, 200, 513, 1000, 4099}) {
    const ov::Tensor tensor = noise({count + 1}, static_cast<unsigned>(count));
    const float* values = tensor.data<const float>() + 1;  // aligned to nothing
    double total = 0, magnitudes = 0;
    for (std::size_t i = 0; i < count; ++i) {
      total += double{values[i]};
      magnitudes += std::abs(double{values[i]});
    }
    double sum = 7;
    const Extremes alone = extremes(values, count), with_sum = extremes_and_sum(values, count, sum);
    for (const Extremes& found : {alone, with_sum}) {
      CHECK(found.low == *std::min_element(values, values + count));
      CHECK(found.high == *std::max_element(values, values + count));
      CHECK(found.is_finite);
    }
    CHECK(std::abs(sum - total) <= 5e-7 * magnitudes);
  }
}

TEST_CASE("columns of any number are measured as plain loops do") {
  for (const std::size_t columns :
       {1, 2, 3, 7, 8, 16, 17, 24, 33, 40, 80, 100, 144, 256, 1030, 1100})
    for (const std::size_t rows : {1, 2, 7, 8, 9, 50}) {
      CAPTURE(columns);
      CAPTURE(rows);
      const ov::Tensor tensor = noise({rows, columns}, static_cast<unsigned>(columns * rows));
      const float* values = tensor.data<const float>();
      std::vector<float> low(columns), high(columns), low_alone(columns), high_alone(columns);
      std::vector<double> sums(columns, 5);
      CHECK(column_extremes(values, rows, columns, low_alone.data(), high_alone.data()));
      CHECK(column_extremes_and_sums(values, rows, columns, low.data(), high.data(), sums.data()));
      CHECK(low == low_alone);
      CHECK(high == high_alone);
      bool is_right = true;
      for (std::size_t c = 0; c < columns; ++c) {
        float least = values[c], most = values[c];
        double total = 0, magnitudes = 0;
        for (std::size_t r = 0; r < rows; ++r) {
          const float x = values[r * columns + c];
          least = std::min(least, x);
          most = std::max(most, x);
          total += double{x};
          magnitudes += std::abs(double{x});
        }
        is_right = is_right && low[c] == least && high[c] == most &&
                   std::abs(sums[c] - total) <= 5e-7 * magnitudes;
      }
      CHECK(is_right);
    }
}

TEST_CASE("a value that is not finite is seen wherever it is, the largest floats pass") {
  constexpr std::size_t rows = 9, columns = 100, count = rows * columns;
  std::vector<float> low(columns), high(columns);
  std::vector<double> sums(columns);
  double sum;
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()})
    for (std::size_t place = 0; place < count; place += 13) {
      ov::Tensor tensor = noise({count}, 3);
      float* values = tensor.data<float>();
      values[place] = bad;
      CHECK_FALSE(extremes(values, count).is_finite);
      CHECK_FALSE(extremes_and_sum(values, count, sum).is_finite);
      CHECK_FALSE(column_extremes(values, rows, columns, low.data(), high.data()));
      CHECK_FALSE(
          column_extremes_and_sums(values, rows, columns, low.data(), high.data(), sums.data()));
    }
  const std::vector<float> huge(count, std::numeric_limits<float>::lowest());
  CHECK(extremes(huge.data(), count).is_finite);
  CHECK(extremes_and_sum(huge.data(), count, sum).is_finite);
  CHECK(sum == doctest::Approx(double{huge[0]} * count));
  CHECK(column_extremes_and_sums(huge.data(), rows, columns, low.data(), high.data(), sums.data()));
}

TEST_CASE("an exact sum depends on neither order nor grouping") {
  std::vector<double> values;
  const ov::Tensor small = noise({500}, 1), large = noise({500}, 2, 1e30F);
  for (std::size_t i = 0; i < 500; ++i) {
    values.push_back(small.data<const float>()[i]);
    values.push_back(large.data<const float>()[i]);
  }
  values.push_back(-1e-30);
  ExactSum forward, backward, halves[2];
  for (std::size_t i = 0; i < values.size(); ++i) {
    forward.add(values[i]);
    backward.add(values[values.size() - 1 - i]);
    halves[i % 2].add(values[i]);
  }
  halves[0].add(halves[1]);
  CHECK(forward.value() == backward.value());
  CHECK(forward.value() == halves[0].value());
  long double plain = 0;
  for (const double value : values) plain += value;
  CHECK(forward.value() == doctest::Approx(static_cast<double>(plain)).epsilon(1e-12));
  ExactSum cancelled;
  for (const double value : {3e38, 1.5, -3e38, 0.25}) cancelled.add(value);
  CHECK(cancelled.value() == 1.75);
}
