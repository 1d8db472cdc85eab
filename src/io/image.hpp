#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace octet::io {

/// RGB, 8 bits a channel, row by row, channels interleaved.
struct Image {
  std::size_t height = 0, width = 0;
  std::vector<std::uint8_t> pixels;
};

/// An image, or why there is none.
struct DecodedImage {
  Image image;
  std::string problem;  ///< empty: it was decoded
};

/// More pixels than this are refused before memory is taken: a file of a few bytes can claim any
/// size. Pillow draws the same line.
constexpr std::uint64_t largest_image = 178'956'970;

/// Why an image of this size is refused, or nothing.
std::string problem_of_size(std::size_t height, std::size_t width);

/// Decodes JPEG, PNG, BMP, PPM or PGM, told apart by their first bytes. Grey becomes RGB, alpha is
/// dropped, 16 bits a channel become 8.
DecodedImage decode_image(std::span<const std::byte> bytes);

/// Bilinear; where the image shrinks, the filter widens with it (no aliasing). Sizes are not 0.
Image resize_image(const Image& image, std::size_t height, std::size_t width);

}  // namespace octet::io
