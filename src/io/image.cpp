#include "io/image.hpp"

#include <stb/stb_image.h>
#include <stb/stb_image_resize.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "io/jpeg_check.hpp"
#include "io/pnm.hpp"

namespace octet::io {
namespace {

/// What stb reads from. It takes zeros where a file ends too early; to ask for more than there is
/// shows that it did.
struct Source {
  std::span<const std::byte> bytes;
  std::size_t position = 0;
  bool is_exhausted = false;

  static int read(void* user, char* target, int size) {
    auto& source = *static_cast<Source*>(user);
    const std::size_t left = source.bytes.size() - source.position;
    const std::size_t count = std::min(left, static_cast<std::size_t>(size));
    if (count == 0)
      source.is_exhausted = true;
    else
      std::memcpy(target, source.bytes.data() + source.position, count);
    source.position += count;
    return static_cast<int>(count);
  }
  static void skip(void* user, int count) {
    auto& source = *static_cast<Source*>(user);
    const auto target = static_cast<std::int64_t>(source.position) + count;
    const auto size = static_cast<std::int64_t>(source.bytes.size());
    if (target > size) source.is_exhausted = true;
    source.position = static_cast<std::size_t>(std::clamp<std::int64_t>(target, 0, size));
  }
  static int is_at_end(void* user) {
    const auto& source = *static_cast<Source*>(user);
    return source.position == source.bytes.size();
  }
};

}  // namespace

std::string problem_of_size(std::size_t height, std::size_t width) {
  if (height != 0 && width != 0 && height <= largest_image / width) return "";
  return "its size of " + std::to_string(width) + "x" + std::to_string(height) +
         " pixels is out of range";
}

DecodedImage decode_image(std::span<const std::byte> bytes) {
  DecodedImage result;
  if (bytes.empty()) {
    result.problem = "the file is empty";
    return result;
  }
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    result.problem = "the file is larger than 2 GB";
    return result;
  }
  if (auto pnm = decode_pnm(bytes)) return *std::move(pnm);
  if (bytes[0] == std::byte{0xFF}) result.problem = problem_of_jpeg(bytes);
  if (!result.problem.empty()) return result;

  int width = 0, height = 0, channels = 0;
  if (!stbi_info_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()),
                             static_cast<int>(bytes.size()), &width, &height, &channels)) {
    result.problem = "it is no JPEG, PNG, BMP, PPM or PGM image";
    return result;
  }
  result.problem = problem_of_size(static_cast<std::size_t>(std::max(height, 0)),
                                   static_cast<std::size_t>(std::max(width, 0)));
  if (!result.problem.empty()) return result;
  Source source{bytes};
  const stbi_io_callbacks callbacks{Source::read, Source::skip, Source::is_at_end};
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
      stbi_load_from_callbacks(&callbacks, &source, &width, &height, &channels, 3),
      stbi_image_free);
  if (source.is_exhausted) {
    result.problem = "it is truncated";
  } else if (!pixels) {
    const char* reason = stbi_failure_reason();
    result.problem = std::string("it is damaged (") + (reason ? reason : "unknown reason") + ")";
  } else {
    result.image.height = static_cast<std::size_t>(height);
    result.image.width = static_cast<std::size_t>(width);
    result.image.pixels.assign(pixels.get(),
                               pixels.get() + 3 * result.image.height * result.image.width);
  }
  return result;
}

Image resize_image(const Image& image, std::size_t height, std::size_t width) {
  if (height == image.height && width == image.width) return image;
  Image result{height, width, std::vector<std::uint8_t>(3 * height * width)};
  if (!stbir_resize_uint8_generic(image.pixels.data(), static_cast<int>(image.width),
                                  static_cast<int>(image.height), 0, result.pixels.data(),
                                  static_cast<int>(width), static_cast<int>(height), 0, 3,
                                  STBIR_ALPHA_CHANNEL_NONE, 0, STBIR_EDGE_CLAMP,
                                  STBIR_FILTER_TRIANGLE, STBIR_COLORSPACE_LINEAR, nullptr))
    throw std::bad_alloc();
  return result;
}

}  // namespace octet::io
