#include "io/pnm.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace octet::io {
namespace {

constexpr std::size_t largest_number = 1'000'000'000;

/// Next number of the header, after white space and comments; 0 where there is none.
std::size_t next_number(std::string_view& text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && (is_space(text[0]) || text[0] == '#')) {
    if (text[0] == '#') text.remove_prefix(std::min(text.find('\n'), text.size() - 1));
    text.remove_prefix(1);
  }
  std::size_t number = 0;
  while (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0]))) {
    number = number * 10 + static_cast<std::size_t>(text[0] - '0');
    if (number > largest_number) return 0;
    text.remove_prefix(1);
  }
  return number;
}

}  // namespace

std::optional<DecodedImage> decode_pnm(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool grey = text.starts_with("P5");
  if (!grey && !text.starts_with("P6")) return std::nullopt;
  text.remove_prefix(2);
  DecodedImage result;
  const std::size_t width = next_number(text), height = next_number(text);
  const std::size_t brightest = next_number(text);
  result.problem = problem_of_size(height, width);
  if (!result.problem.empty()) return result;
  if (brightest == 0 || brightest > 65535) {
    result.problem = "it is damaged (its header has no valid brightness)";
    return result;
  }
  const std::size_t sample = brightest > 255 ? 2 : 1, channels = grey ? 1 : 3;
  // One white space ends the header.
  if (text.empty() || text.size() - 1 < height * width * channels * sample) {
    result.problem = "it is truncated";
    return result;
  }
  text.remove_prefix(1);
  const auto value_at = [&](std::size_t index) {
    const auto* at = reinterpret_cast<const unsigned char*>(text.data()) + index * sample;
    const unsigned value = sample == 2 ? at[0] * 256U + at[1] : at[0];
    const auto limit = static_cast<unsigned>(brightest);
    return static_cast<std::uint8_t>((std::min(value, limit) * 255U + limit / 2) / limit);
  };
  result.image = {height, width, std::vector<std::uint8_t>(3 * height * width)};
  for (std::size_t i = 0; i < height * width; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      result.image.pixels[3 * i + c] = value_at(grey ? i : 3 * i + c);
  return result;
}

}  // namespace octet::io
