#include "algorithms/ranges.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace octet;

namespace {

/// One key and its values a line. Expected values are those of the tool that the rule is shared
/// with, recorded once.
std::map<std::string, std::string> read_case(const std::filesystem::path& path) {
  std::map<std::string, std::string> values;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t space = line.find(' ');
    values[line.substr(0, space)] = line.substr(space + 1);
  }
  return values;
}

std::vector<float> floats(const std::string& text) {
  std::istringstream stream(text);
  std::vector<float> values;
  for (float value; stream >> value;) values.push_back(value);
  return values;
}

bool near(const std::vector<float>& found, const std::vector<float>& expected) {
  if (found.size() != expected.size()) return false;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (std::abs(found[i] - expected[i]) > 3e-7F * std::abs(expected[i])) return false;
  return true;
}

const QuantizerSpec asymmetric{8, QuantizationMode::asymmetric, false, false, {}};

}  // namespace

TEST_CASE("measured ranges become quantization ranges by the published rules") {
  std::size_t count = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(OCTET_CASES) / "ranges")) {
    CAPTURE(file.path().filename().string());
    auto row = read_case(file.path());
    QuantizerSpec spec;
    spec.mode =
        row.at("mode") == "symmetric" ? QuantizationMode::symmetric : QuantizationMode::asymmetric;
    spec.narrow_range = row.at("narrow_range") == "1";
    if (row.at("signed") != "unset") spec.signedness_to_force = row.at("signed") == "1";
    const statistics::Range measured{floats(row.at("measured_low")),
                                     floats(row.at("measured_high"))};
    const QuantizationRange range =
        algorithms::quantization_range(measured, spec, row.at("half_range") == "1");
    CHECK(near(range.low, floats(row.at("low"))));
    CHECK(near(range.high, floats(row.at("high"))));
    CHECK(std::to_string(range.levels) == row.at("levels"));
    ++count;
  }
  CHECK(count >= 16);
}

TEST_CASE("zero is always a code of an asymmetric range, and no range loses half a step") {
  for (int i = 0; i < 500; ++i) {
    const float low = -std::abs(std::sin(static_cast<float>(i))) * (i % 7 == 0 ? 0.002F : 3.0F);
    const float high = std::abs(std::cos(static_cast<float>(3 * i))) * (i % 5 == 0 ? 0.002F : 2.0F);
    const QuantizationRange range = algorithms::quantization_range({{low}, {high}}, asymmetric);
    const float step = (range.high[0] - range.low[0]) / 255;
    const float zero = -range.low[0] / step;
    CHECK(std::abs(zero - std::nearbyint(zero)) < 1e-3F);
    CHECK(range.low[0] <= low + 0.5F * step);
    CHECK(range.high[0] >= high - 0.5F * step);
  }
}

TEST_CASE("half of the codes hold an asymmetric range, zero among them") {
  for (const auto& [low, high] : {std::pair{-1.0F, 2.0F}, {0.0F, 3.0F}, {-2.5F, 0.0F}}) {
    const QuantizationRange range =
        algorithms::quantization_range({{low}, {high}}, asymmetric, true);
    CHECK(range.levels == 256);
    const float step = (range.high[0] - range.low[0]) / 255;
    const auto code = [&](float value) { return (value - range.low[0]) / step; };
    CHECK(std::abs(code(0) - std::nearbyint(code(0))) < 1e-3F);
    // As 8 signed bits: from -64 to 63.
    CHECK(code(low) > 63.49F);
    CHECK(code(high) < 191.51F);
  }
}

TEST_CASE("a mostly negative tensor keeps its range with symmetric quantization") {
  // The estimator's max need not be an absolute one, with quantiles for example.
  const QuantizationRange range =
      algorithms::quantization_range({{-5.0F}, {0.1F}}, QuantizerSpec{});
  CHECK(range.high[0] == 5.0F);
  CHECK(range.low[0] < -5.0F);
}

TEST_CASE("the ends of a range are whole multiples of one scale, bit for bit") {
  QuantizerSpec symmetric;
  symmetric.mode = QuantizationMode::symmetric;
  for (const QuantizerSpec& spec : {symmetric, asymmetric}) {
    for (int i = 1; i < 2000; ++i) {
      const float high = 0.37F + 0.0137F * static_cast<float>(i);
      const float low = i % 3 == 0 ? 0.0F : -0.0091F * static_cast<float>(i);
      const QuantizationRange range = algorithms::quantization_range({{low}, {high}}, spec, false);
      const auto steps = static_cast<float>(range.levels - 1);
      const auto nearest = static_cast<float>((static_cast<double>(range.high[0]) - range.low[0]) /
                                              static_cast<double>(steps));
      const float zero = std::nearbyint(-range.low[0] / nearest);
      int exact = 0;
      for (const float scale :
           {std::nextafter(nearest, 0.0F), nearest, std::nextafter(nearest, 9.0F)})
        exact += -zero * scale == range.low[0] && (steps - zero) * scale == range.high[0];
      CHECK(exact >= 1);
    }
  }
}
