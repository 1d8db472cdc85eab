#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <map>

#include "statistics/log_histogram.hpp"
#include "statistics/quantile.hpp"
#include "unit/statistics/models.hpp"

using namespace octet;
using namespace octet::statistics;
using octet::tests::noise;

namespace {

/// By the definition: sort all, go a share of the way.
double plain_quantile(std::vector<float> values, double share, bool of_magnitudes) {
  if (of_magnitudes)
    for (float& value : values) value = std::abs(value);
  std::ranges::sort(values);
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] +
         (double{values[above]} - double{values[below]}) * (place - std::floor(place));
}

/// Values as layers have them: of both signs, cut off at zero, at both ends, all the same, in
/// order.
std::vector<std::vector<float>> kinds(std::size_t count) {
  const ov::Tensor tensor = noise({count}, static_cast<unsigned>(count));
  const std::vector<float> normal(tensor.data<const float>(), tensor.data<const float>() + count);
  std::vector<std::vector<float>> all(5, normal);
  for (float& x : all[1]) x = std::max(x, 0.0F);
  for (float& x : all[2]) x = std::clamp(x, 0.0F, 0.5F);
  for (float& x : all[3]) x = -2.5F;
  std::ranges::sort(all[4]);
  return all;
}

const std::vector<double> shares = {0, 1e-4, 0.01, 0.3, 0.5, 0.97, 0.9999, 1};

}  // namespace

TEST_CASE("quantiles are those of all values in order") {
  for (const std::size_t count : {1, 2, 17, 1000, 1025, 5000, 100'003})
    for (const auto& values : kinds(count))
      for (const bool of_magnitudes : {false, true}) {
        const std::vector<double> found =
            quantiles(values.data(), values.size(), of_magnitudes, shares);
        REQUIRE(found.size() == shares.size());
        for (std::size_t i = 0; i < shares.size(); ++i)
          CHECK(found[i] == plain_quantile(values, shares[i], of_magnitudes));
      }
}

TEST_CASE("columns' quantiles are those of each column in order") {
  for (const std::size_t columns : {1, 15, 16, 40, 300})
    for (const std::size_t rows : {1, 2, 5, 49, 1200}) {
      const auto values = kinds(rows * columns)[0];
      for (const std::vector<double>& wanted :
           {std::vector<double>{1e-4, 1 - 1e-4}, {0}, {0.003, 1}, {0.5, 0.02}})
        for (const bool of_magnitudes : {false, true}) {
          const std::vector<double> found =
              column_quantiles(values.data(), rows, columns, of_magnitudes, wanted);
          bool is_right = true;
          for (std::size_t c = 0; c < columns; ++c) {
            std::vector<float> column;
            for (std::size_t r = 0; r < rows; ++r) column.push_back(values[r * columns + c]);
            for (std::size_t i = 0; i < wanted.size(); ++i)
              is_right = is_right &&
                         found[i * columns + c] == plain_quantile(column, wanted[i], of_magnitudes);
          }
          CHECK(is_right);
        }
    }
}

TEST_CASE("a histogram counts every value where its bits say") {
  for (const std::size_t count : {1, 255, 256, 257, 3000})
    for (const auto& values : kinds(count)) {
      LogHistogram histogram;
      histogram.add(values.data(), values.size());
      histogram.add(values.data(), values.size());
      std::map<std::uint32_t, std::uint64_t> wanted;
      for (const float x : values) wanted[std::bit_cast<std::uint32_t>(x) >> 14] += 2;
      const auto buckets = histogram.buckets();
      CHECK(buckets.size() == wanted.size());
      CHECK(histogram.total() == 2 * count);
      for (const LogHistogram::Bucket& bucket : buckets) {
        CHECK(bucket.count == wanted[std::bit_cast<std::uint32_t>(bucket.low) >> 14]);
        CHECK(bucket.low <= bucket.high);
        const double width = double{bucket.high} - double{bucket.low};
        CHECK(width <= std::max(std::abs(double{bucket.high}) * 0x1p-9, 0x1p-135));  // denormal
      }
      CHECK(std::ranges::is_sorted(buckets, {}, &LogHistogram::Bucket::low));
    }
}
