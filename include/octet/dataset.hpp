#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <openvino/runtime/tensor.hpp>

#include "octet/error.hpp"
#include "octet/export.hpp"

namespace octet {

/// One item of a dataset: tensors by input name, or by position where the name is empty. Row-major
/// and contiguous. A batch of several samples is one item.
struct Sample {
  std::vector<std::pair<std::string, ov::Tensor>> inputs;
};

/// A source of calibration items, read once from first to last.
class OCTET_API Dataset {
 public:
  virtual ~Dataset() = default;
  /// Next item, or nothing at the end. Called from one thread at a time. May throw `Error`.
  virtual std::optional<Sample> next() = 0;
  /// Number of items where it is known.
  virtual std::optional<std::size_t> size() const { return std::nullopt; }
  /// Batch size that the source declares (a data loader's), if any.
  virtual std::optional<std::size_t> batch_size() const { return std::nullopt; }
  /// For messages: "folder 'photos' (24 images)".
  virtual std::string describe() const = 0;
  /// Warnings that reading produced, such as images that were skipped.
  virtual std::vector<Diagnostic> diagnostics() const { return {}; }
};

enum class Layout { nchw, nhwc };

/// How a folder of images becomes tensors of shape [1, 3, H, W] or [1, H, W, 3], f32:
/// decode to RGB, resize the shorter side to `resize` (bilinear, antialiased), crop `crop` from the
/// centre, divide by 255, subtract `mean`, divide by `scale`.
struct ImageOptions {
  std::vector<float> mean{};   ///< per channel, in units of 0..1; empty: 0
  std::vector<float> scale{};  ///< per channel divisor; empty: 1
  Layout layout = Layout::nchw;
  std::vector<std::size_t> resize{};  ///< {} model's size, {s} shorter side, {h, w} exact
  std::vector<std::size_t> crop{};    ///< {} none or the model's size, {s} square, {h, w}
  bool raw_255 = false;               ///< keep 0..255 instead of dividing by 255
  bool strict = false;                ///< an image that cannot be decoded is an error
};

/// Images of a folder (jpg, jpeg, png, bmp, ppm, pgm), in the order of their names.
/// `height`, `width` are the model's input size, used where the options leave it open (0: unknown).
OCTET_API std::unique_ptr<Dataset> image_folder(const std::filesystem::path& folder,
                                                const ImageOptions& options, std::size_t height,
                                                std::size_t width);
/// One `.npy`: the first axis counts the samples, each becomes an item with a leading axis of 1.
OCTET_API std::unique_ptr<Dataset> npy_file(const std::filesystem::path& file);
/// One `.npz`: arrays are named inputs whose first axis counts the samples.
OCTET_API std::unique_ptr<Dataset> npz_file(const std::filesystem::path& file);
/// `count` items of uniform noise for the model's inputs, from a fixed seed. Ranges measured on
/// noise are meaningless: `diagnostics()` says so.
OCTET_API std::unique_ptr<Dataset> random_samples(const std::shared_ptr<ov::Model>& model,
                                                  std::size_t count);
/// Items that are in memory already.
OCTET_API std::unique_ptr<Dataset> in_memory(std::vector<Sample> items);

}  // namespace octet
