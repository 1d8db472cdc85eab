#include "io/image_shape.hpp"

#include <algorithm>
#include <cmath>

#include "octet/error.hpp"

namespace octet::io {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& problem,
                         const std::string& remedy) {
  throw Error(ErrorCode::invalid_argument, "data", "option '" + option + "'", problem, remedy);
}

void fill(const std::string& option, const std::vector<float>& values,
          std::array<float, 3>& channels) {
  if (values.empty()) return;
  if (values.size() != 1 && values.size() != 3)
    refuse(option, "it has " + std::to_string(values.size()) + " values",
           "Give one value, or one for each of red, green and blue");
  for (const float value : values)
    if (!std::isfinite(value)) refuse(option, "it is not finite", "Give finite numbers");
  for (std::size_t c = 0; c < 3; ++c) channels[c] = values[values.size() == 1 ? 0 : c];
}

void check_sides(const std::string& option, const std::vector<std::size_t>& sides) {
  if (sides.size() > 2)
    refuse(option, "it has " + std::to_string(sides.size()) + " values",
           "Give one side, or height and width");
  constexpr std::size_t largest_side = 1 << 16;
  for (const std::size_t side : sides)
    if (side == 0 || side > largest_side)
      refuse(option, "a side of " + std::to_string(side) + " pixels is out of range",
             "Give 1 to " + std::to_string(largest_side) + " pixels");
}

std::string text(std::size_t height, std::size_t width) {
  return std::to_string(height) + "x" + std::to_string(width);
}

}  // namespace

ImageShape::ImageShape(const ImageOptions& options, std::size_t height, std::size_t width)
    : divisor_(options.raw_255 ? 1.0f : 255.0f), layout_(options.layout) {
  fill("mean", options.mean, mean_);
  fill("scale", options.scale, scale_);
  for (const float scale : scale_)
    if (scale == 0) refuse("scale", "it is 0", "Give what the pixels are divided by");
  check_sides("resize", options.resize);
  check_sides("crop", options.crop);

  if (!options.crop.empty())
    crop_ = {options.crop.front(), options.crop.back()};
  else if (height != 0 && width != 0)
    crop_ = {height, width};
  if (options.resize.size() == 2) {
    mode_ = Resize::exact;
    resize_ = {options.resize[0], options.resize[1]};
  } else if (options.resize.size() == 1) {
    mode_ = Resize::shorter_side;
    resize_ = {options.resize[0], options.resize[0]};
  } else if (crop_.is_set()) {
    mode_ = Resize::cover;
    resize_ = crop_;
  }
}

ImageShape::Size ImageShape::resized(const Image& image) const {
  // The longer side is rounded down, as torchvision does.
  const auto scaled = [](std::size_t side, std::size_t to, std::size_t from) {
    return std::max<std::size_t>(1, side * to / from);
  };
  switch (mode_) {
    case Resize::none:
      return {image.height, image.width};
    case Resize::exact:
      return resize_;
    case Resize::shorter_side:
      if (image.height <= image.width)
        return {resize_.height, scaled(image.width, resize_.height, image.height)};
      return {scaled(image.height, resize_.width, image.width), resize_.width};
    case Resize::cover: {
      // The larger of the two factors reaches both sides.
      const bool by_height = resize_.height * image.width >= resize_.width * image.height;
      if (by_height)
        return {resize_.height,
                std::max(resize_.width, scaled(image.width, resize_.height, image.height))};
      return {std::max(resize_.height, scaled(image.height, resize_.width, image.width)),
              resize_.width};
    }
  }
  return {image.height, image.width};
}

ov::Tensor ImageShape::tensor(const Image& image, std::string& problem) const {
  const Size size = resized(image);
  if (static_cast<std::uint64_t>(size.height) * size.width > largest_image) {
    problem =
        "its sides of " + text(image.height, image.width) + " pixels are too unequal to be resized";
    return {};
  }
  const Size crop = crop_.is_set() ? crop_ : size;
  if (crop.height > size.height || crop.width > size.width)
    refuse("crop",
           "it is " + text(crop.height, crop.width) + " pixels, but an image of " +
               text(image.height, image.width) + " is resized to " + text(size.height, size.width),
           "Resize to at least the crop, whose default is the model's input size");
  const Image whole = resize_image(image, size.height, size.width);
  // Half a pixel goes to the even side, as torchvision rounds.
  const auto first = [](std::size_t outer, std::size_t inner) {
    return static_cast<std::size_t>(std::nearbyint(static_cast<double>(outer - inner) / 2));
  };
  const std::size_t top = first(size.height, crop.height), left = first(size.width, crop.width);

  const bool nchw = layout_ == Layout::nchw;
  ov::Tensor tensor(ov::element::f32, nchw ? ov::Shape{1, 3, crop.height, crop.width}
                                           : ov::Shape{1, crop.height, crop.width, 3});
  auto* values = tensor.data<float>();
  const std::size_t plane = crop.height * crop.width;
  for (std::size_t y = 0; y < crop.height; ++y) {
    const std::uint8_t* row = whole.pixels.data() + 3 * ((y + top) * size.width + left);
    for (std::size_t x = 0; x < crop.width; ++x)
      for (std::size_t c = 0; c < 3; ++c) {
        const float value = (static_cast<float>(row[3 * x + c]) / divisor_ - mean_[c]) / scale_[c];
        const std::size_t pixel = y * crop.width + x;
        values[nchw ? c * plane + pixel : 3 * pixel + c] = value;
      }
  }
  return tensor;
}

}  // namespace octet::io
