#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <openvino/runtime/tensor.hpp>

#include "io/image.hpp"
#include "octet/dataset.hpp"

namespace octet::io {

/// How an image becomes a tensor: `ImageOptions` with what they leave open filled in.
class ImageShape {
 public:
  /// Throws `Error` (invalid_argument).
  ImageShape(const ImageOptions& options, std::size_t height, std::size_t width);

  /// [1, 3, H, W] or [1, H, W, 3], f32. An image that cannot be used leaves an empty tensor and
  /// sets `problem`. Throws `Error` (invalid_argument) where the crop is larger than the resized
  /// image.
  ov::Tensor tensor(const Image& image, std::string& problem) const;

 private:
  struct Size {
    std::size_t height = 0, width = 0;  ///< 0, 0: not set
    bool is_set() const { return height != 0; }
  };
  enum class Resize { none, shorter_side, exact, cover };

  Size resized(const Image& image) const;

  Resize mode_ = Resize::none;
  Size resize_, crop_;
  std::array<float, 3> mean_{0, 0, 0}, scale_{1, 1, 1};
  float divisor_ = 255;
  Layout layout_;
};

}  // namespace octet::io
