#include "cli/data_flags.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>

#include "cli/words.hpp"

namespace octet::cli {
namespace {

constexpr const char* group = "Data";

[[noreturn]] void refuse(const std::string& option, const std::string& problem,
                         const std::string& remedy) {
  throw Error(ErrorCode::invalid_argument, "command", "option '" + option + "'", problem, remedy);
}

/// Numbers of `text`, divided by `separator`.
template <typename Number>
std::vector<Number> parse_numbers(const std::string& option, const std::string& text,
                                  char separator, const std::string& remedy) {
  std::vector<Number> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    Number number{};
    const auto [next, error] = std::from_chars(at, end, number);
    const bool is_last = next == end;
    if (error != std::errc() || (!is_last && (*next != separator || next + 1 == end)))
      refuse(option, "'" + text + "' cannot be read", remedy);
    numbers.push_back(number);
    at = is_last ? end : next + 1;
  }
  return numbers;
}

std::vector<float> parse_channels(const std::string& option, const std::string& text) {
  return parse_numbers<float>(option, text, ',', "Give one number, or three as in 0.5,0.4,0.3");
}

std::vector<std::size_t> parse_sides(const std::string& option, const std::string& text) {
  return parse_numbers<std::size_t>(option, text, 'x', "Give one side, or HxW as in 224x320");
}

/// Height and width of the model's one input; 0 where they are open.
struct ImageInput {
  Layout layout;
  std::size_t height, width;
};

ImageInput image_input(const Model& model, const std::optional<Layout>& wanted) {
  const auto& parameters = model.graph->get_parameters();
  if (parameters.size() != 1)
    throw Error(ErrorCode::sample_mismatch, "data", "",
                "a folder of images feeds one input, but the model has " +
                    std::to_string(parameters.size()),
                "Give an .npz with one named array an input");
  const ov::PartialShape& shape = parameters[0]->get_partial_shape();
  const auto is_three = [&](std::size_t axis) {
    return shape[static_cast<std::ptrdiff_t>(axis)].compatible(3);
  };
  const bool fits =
      shape.rank().is_dynamic() || (shape.size() == 4 && (is_three(1) || is_three(3)));
  if (!fits)
    throw Error(ErrorCode::sample_mismatch, "data",
                "input '" + parameters[0]->get_friendly_name() + "'",
                "its shape " + shape.to_string() + " is not that of an RGB image",
                "Give an .npy of samples in that shape");
  if (shape.rank().is_dynamic()) return {wanted.value_or(Layout::nchw), 0, 0};
  const Layout layout = wanted.value_or(is_three(1) ? Layout::nchw : Layout::nhwc);
  const std::size_t first = layout == Layout::nchw ? 2 : 1;
  const auto side = [&](std::size_t axis) -> std::size_t {
    const ov::Dimension& dimension = shape[static_cast<std::ptrdiff_t>(axis)];
    return dimension.is_static() ? static_cast<std::size_t>(dimension.get_length()) : 0;
  };
  return {layout, side(first), side(first + 1)};
}

}  // namespace

void DataFlags::declare(CLI::App& app, bool is_required) {
  const auto add = [&](const std::string& name, std::string& target, const std::string& type,
                       const std::string& text) {
    return app.add_option(name, target, text)->group(group)->type_name(type);
  };
  add("--data", source_, "SOURCE",
      "folder of images (jpg, png, bmp, ppm), .npy, .npz of named inputs, or the word 'random'")
      ->required(is_required);
  add("--mean", mean_, "R,G,B", "images: subtracted, in units of 0..1");
  add("--scale", scale_, "R,G,B", "images: divided by, after the mean");
  add("--layout", layout_, "WORD", "images: nchw or nhwc; default: as the model's input is");
  add("--resize", resize_, "S|HxW",
      "images: shorter side, or exact; default: what covers the model's input");
  add("--crop", crop_, "S|HxW", "images: cut out of the centre; default: the model's input");
  app.add_flag("--raw-255", raw_255_, "images: keep 0..255 instead of dividing by 255")
      ->group(group);
  app.add_flag("--strict", strict_, "an image that cannot be decoded is an error")->group(group);
}

std::unique_ptr<Dataset> DataFlags::open_source(const std::string& source, const Model& model,
                                                std::size_t count) const {
  if (source == "random") return random_samples(model.graph, count);
  const std::filesystem::path path = source;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return open_images(source, model);
  if (!std::filesystem::exists(path, error))
    throw Error(ErrorCode::file_not_found, "data", "'" + source + "'", "it does not exist",
                "Give a folder of images, an .npy, an .npz or the word 'random'");
  if (path.extension() == ".npy") return npy_file(path);
  if (path.extension() == ".npz") return npz_file(path);
  throw Error(ErrorCode::unknown_format, "data", "file '" + source + "'",
              "data of this kind cannot be read",
              "Give a folder of images, an .npy, an .npz or the word 'random'");
}

std::unique_ptr<Dataset> DataFlags::open_images(const std::string& folder,
                                                const Model& model) const {
  ImageOptions options;
  options.mean = parse_channels("--mean", mean_);
  options.scale = parse_channels("--scale", scale_);
  options.resize = parse_sides("--resize", resize_);
  options.crop = parse_sides("--crop", crop_);
  options.raw_255 = raw_255_;
  options.strict = strict_;
  std::optional<Layout> layout;
  if (!layout_.empty()) layout = parse_word<Layout>(layout_, "option '--layout'");
  const ImageInput input = image_input(model, layout);
  options.layout = input.layout;
  return image_folder(folder, options, input.height, input.width);
}

}  // namespace octet::cli
