#include "io/jpeg_check.hpp"

#include <cstdint>

namespace octet::io {
namespace {

constexpr std::uint8_t start_of_image = 0xD8, end_of_image = 0xD9;
constexpr std::uint8_t huffman_tables = 0xC4, temporary = 0x01;
constexpr std::size_t most_codes = 256, code_lengths = 16;

bool is_restart(std::uint8_t code) {
  return code >= 0xD0 && code <= 0xD7;
}

/// Whether every table of the segment lies within it and has a possible number of codes.
bool are_tables_valid(std::span<const std::byte> segment) {
  while (!segment.empty()) {
    if (segment.size() < 1 + code_lengths) return false;
    std::size_t codes = 0;
    for (std::size_t i = 1; i <= code_lengths; ++i)
      codes += std::to_integer<std::size_t>(segment[i]);
    if (codes > most_codes || segment.size() < 1 + code_lengths + codes) return false;
    segment = segment.subspan(1 + code_lengths + codes);
  }
  return true;
}

}  // namespace

std::string problem_of_jpeg(std::span<const std::byte> bytes) {
  constexpr const char* truncated = "it is truncated";
  std::size_t at = 2;  // after the start of the image
  const auto byte = [&](std::size_t index) { return std::to_integer<std::uint8_t>(bytes[index]); };
  while (true) {
    // A marker: 0xFF, once or more, and a code. Compressed data and what else is between segments
    // is skipped.
    while (at < bytes.size() && byte(at) != 0xFF) ++at;
    while (at < bytes.size() && byte(at) == 0xFF) ++at;
    if (at >= bytes.size()) return truncated;
    const std::uint8_t code = byte(at++);
    if (code == end_of_image) return "";
    // 0 stands for an 0xFF that is compressed data.
    if (code == 0 || code == temporary || code == start_of_image || is_restart(code)) continue;
    if (bytes.size() - at < 2) return truncated;
    const std::size_t length = byte(at) * std::size_t{256} + byte(at + 1);
    if (length < 2) return "it is damaged (a segment has no length)";
    if (length > bytes.size() - at) return truncated;
    if (code == huffman_tables && !are_tables_valid(bytes.subspan(at + 2, length - 2)))
      return "it is damaged (a Huffman table is impossible)";
    at += length;
  }
}

}  // namespace octet::io
