#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "io/image.hpp"
#include "octet/dataset.hpp"
#include "zip_writer.hpp"

using namespace octet;

namespace {

const std::filesystem::path cases = std::filesystem::path(OCTET_CASES) / "images";

template <typename T>
std::vector<T> numbers(const std::string& text) {
  std::istringstream stream(text);
  std::vector<T> values;
  for (T value; stream >> value;) values.push_back(value);
  return values;
}

/// One key and its values a line, as tools/make_data_cases.py writes them.
std::map<std::string, std::string> read_case(const std::filesystem::path& path) {
  std::map<std::string, std::string> values;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t space = line.find(' ');
    values[line.substr(0, space)] = line.substr(space + 1);
  }
  return values;
}

template <typename Call>
Error error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error was thrown");
  throw std::logic_error("unreachable");
}

std::string png() {
  return read_bytes(cases / "wide.png");
}

std::size_t count_items(Dataset& data) {
  std::size_t count = 0;
  while (data.next()) ++count;
  return count;
}

}  // namespace

TEST_CASE("images become the tensors that Pillow and torchvision's rules make of them") {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(cases)) {
    if (file.path().extension() != ".case") continue;
    const std::string name = file.path().stem().string();
    CAPTURE(name);
    auto row = read_case(file.path());
    ImageOptions options;
    options.resize = numbers<std::size_t>(row["resize"]);
    options.crop = numbers<std::size_t>(row["crop"]);
    options.mean = numbers<float>(row["mean"]);
    options.scale = numbers<float>(row["scale"]);
    options.raw_255 = row.contains("raw_255");
    options.layout = row["layout"] == "nhwc" ? Layout::nhwc : Layout::nchw;
    const auto model =
        row.contains("model") ? numbers<std::size_t>(row["model"]) : std::vector<std::size_t>{0, 0};
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "");
    std::filesystem::copy_file(cases / row.at("image"), folder / row.at("image"));
    const auto data = image_folder(folder / "", options, model[0], model[1]);
    const auto sample = data->next();
    REQUIRE(sample.has_value());
    const ov::Tensor& found = sample->inputs.at(0).second;
    const auto expected = npy_file(cases / (name + ".npy"))->next()->inputs.at(0).second;
    REQUIRE(found.get_shape() == expected.get_shape());
    const double step = options.raw_255 ? 1 : 1 / 255.0;
    double sum = 0, largest = 0;
    for (std::size_t i = 0; i < found.get_size(); ++i) {
      const double error =
          std::abs(static_cast<double>(found.data<float>()[i] - expected.data<float>()[i])) / step;
      sum += error;
      largest = std::max(largest, error);
    }
    // 1e-3 of a step is what f32 arithmetic in another order may cost.
    const double mean = sum / static_cast<double>(found.get_size());
    CHECK(mean <= std::stod(row.at("mean_tolerance")) + 1e-3);
    CHECK(largest <= std::stod(row.at("largest_tolerance")) + 1e-3);
    CHECK_FALSE(data->next().has_value());
    ++count;
  }
  CHECK(count >= 15);
}

TEST_CASE("images come in the order of their names, subfolders and links included") {
  const TemporaryFolder folder;
  for (const char* name : {"b", "a", "outside"}) std::filesystem::create_directory(folder / name);
  // The red of the one pixel tells the files apart.
  const auto write = [&](const std::string& name, char red) {
    write_bytes(folder / name, std::string("P6 1 1 255\n") + red + std::string(2, '\0'));
  };
  write("b/2.ppm", 4);
  write("b/10.PPM", 3);
  write("a/x.ppm", 1);
  write("a.ppm", 0);
  write("outside/z.ppm", 2);
  write_bytes(folder / "notes.txt", "no image");
  std::filesystem::rename(folder / "outside", folder / "a/inside");
  std::filesystem::create_directory_symlink(folder / "", folder / "b/loop");
  ImageOptions options;
  options.raw_255 = true;
  const auto data = image_folder(folder / "", options, 0, 0);
  CHECK(data->size() == 5);
  std::vector<float> reds;
  while (const auto sample = data->next())
    reds.push_back(sample->inputs[0].second.data<float>()[0]);
  CHECK(reds == std::vector<float>{0, 2, 1, 3, 4});
  CHECK(data->diagnostics().empty());
}

TEST_CASE("an image that cannot be decoded is skipped and counted, or an error under strict") {
  const TemporaryFolder folder;
  for (int i = 0; i < 7; ++i)
    write_bytes(folder / ("broken" + std::to_string(i) + ".jpg"), "nothing");
  write_bytes(folder / "empty.png", "");
  write_bytes(folder / "good.png", png());
  write_bytes(folder / "half.png", png().substr(0, 400));
  std::filesystem::create_symlink(folder / "nowhere", folder / "missing.jpg");
  const auto data = image_folder(folder / "", {}, 16, 16);
  CHECK(count_items(*data) == 1);
  const auto diagnostics = data->diagnostics();
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].code == "images_skipped");
  CHECK(diagnostics[0].message ==
        "10 images were skipped: broken0.jpg, broken1.jpg, broken2.jpg, broken3.jpg, broken4.jpg "
        "and 5 more; 'broken0.jpg': it is no JPEG, PNG, BMP, PPM or PGM image");

  ImageOptions strict;
  strict.strict = true;
  const Error error = error_of([&] { count_items(*image_folder(folder / "", strict, 16, 16)); });
  CHECK(error.code() == ErrorCode::image_undecodable);
  CHECK(error.where().find("broken0.jpg") != std::string::npos);
}

TEST_CASE("a folder without a usable image is an error") {
  const TemporaryFolder folder;
  const Error missing = error_of([&] { image_folder(folder / "none", {}, 16, 16); });
  CHECK(missing.code() == ErrorCode::file_not_found);
  write_bytes(folder / "a.txt", "text");
  CHECK(error_of([&] { image_folder(folder / "a.txt", {}, 16, 16); }).code() ==
        ErrorCode::file_unreadable);
  CHECK(error_of([&] { image_folder(folder / "", {}, 16, 16); }).code() ==
        ErrorCode::dataset_empty);
  write_bytes(folder / "a.png", "text");
  const Error broken = error_of([&] { count_items(*image_folder(folder / "", {}, 16, 16)); });
  CHECK(broken.code() == ErrorCode::image_undecodable);
  CHECK(broken.problem().find("none of its 1 images") != std::string::npos);
}

TEST_CASE("no cut of an image passes for a whole one") {
  for (const char* name : {"wide.png", "wide.bmp", "wide.jpg", "tall.ppm", "grey.pgm"}) {
    CAPTURE(name);
    const std::string whole = read_bytes(cases / name);
    const auto problem_of = [&](std::size_t size) {
      return io::decode_image(std::as_bytes(std::span(whole)).first(size)).problem;
    };
    CHECK(problem_of(whole.size()).empty());
    // The last bytes of a PNG are the end mark and its checksum, which hold no pixel.
    const std::size_t end = whole.size() - (std::string(name) == "wide.png" ? 12 : 0);
    for (std::size_t size = 0; size < end; size += 1 + size / 40) {
      CAPTURE(size);
      CHECK(problem_of(size) != "");
    }
    if (std::string(name) != "wide.png") CHECK(problem_of(end - 1) == "it is truncated");
  }
}

TEST_CASE("a JPEG with an impossible Huffman table does not reach the decoder") {
  std::string bytes = read_bytes(cases / "wide.jpg");
  const std::size_t table = bytes.find("\xFF\xC4");
  REQUIRE(table != std::string::npos);
  bytes.replace(table + 5, 16, 16, '\x20');  // 512 codes
  CHECK(io::decode_image(std::as_bytes(std::span(bytes))).problem ==
        "it is damaged (a Huffman table is impossible)");
}

TEST_CASE("PNM headers and brightness are read as Netpbm defines them") {
  const auto pixels_of = [](const std::string& text) {
    const io::DecodedImage decoded = io::decode_image(std::as_bytes(std::span(text)));
    CHECK(decoded.problem == "");
    return decoded.image.pixels;
  };
  using Pixels = std::vector<std::uint8_t>;
  CHECK(pixels_of("P5\n#one\n#two\n2 #three\n1\n255\nab") == Pixels{97, 97, 97, 98, 98, 98});
  CHECK(pixels_of("P6 1 1 15\n\x0f\x05\x01") == Pixels{255, 85, 17});
  CHECK(pixels_of(std::string("P5 1 1 65535\n\x80\0", 15)) == Pixels{128, 128, 128});
  const std::string dark = "P5 1 1 0\na";
  CHECK(io::decode_image(std::as_bytes(std::span(dark))).problem.find("brightness") !=
        std::string::npos);
}

TEST_CASE("sizes that a file claims cost no memory") {
  const auto problem_of = [](const std::string& text) {
    return io::decode_image(std::as_bytes(std::span(text))).problem;
  };
  CHECK(problem_of("P6 60000 60000 255\n") == "its size of 60000x60000 pixels is out of range");
  CHECK(problem_of("P6 9999999999 2 255\n").find("out of range") != std::string::npos);
  CHECK(problem_of("P6 0 5 255\n") == "its size of 0x5 pixels is out of range");
  CHECK(problem_of("P6 100 100 255\nshort") == "it is truncated");
  // One row of many pixels would grow with the square of the factor.
  const TemporaryFolder folder;
  write_bytes(folder / "line.ppm", "P6 60000 1 255\n" + std::string(180000, 'a'));
  write_bytes(folder / "ok.png", png());
  const auto data = image_folder(folder / "", {}, 4000, 4000);
  CHECK(count_items(*data) == 1);
  CHECK(data->diagnostics().at(0).message.find("too unequal") != std::string::npos);
}

TEST_CASE("options that do not fit are named") {
  const TemporaryFolder folder;
  write_bytes(folder / "a.png", png());
  const auto refused = [&](const ImageOptions& options) {
    const Error error = error_of([&] { count_items(*image_folder(folder / "", options, 0, 0)); });
    CHECK(error.code() == ErrorCode::invalid_argument);
    return error.where() + ": " + error.problem();
  };
  ImageOptions options;
  options.mean = {0.5F, 0.5F};
  CHECK(refused(options) == "option 'mean': it has 2 values");
  options.mean = {std::nanf("")};
  CHECK(refused(options) == "option 'mean': it is not finite");
  options = {};
  options.scale = {1, 0, 1};
  CHECK(refused(options) == "option 'scale': it is 0");
  options = {};
  options.resize = {0};
  CHECK(refused(options) == "option 'resize': a side of 0 pixels is out of range");
  options = {};
  options.resize = {10};
  options.crop = {12};
  CHECK(refused(options) ==
        "option 'crop': it is 12x12 pixels, but an image of 45x64 is resized to 10x14");
}

TEST_CASE("subfolders that were not reached are reported") {
  const TemporaryFolder folder;
  for (const char* name : {"cat", "dog"}) {
    std::filesystem::create_directory(folder / name);
    for (const char* image : {"1.png", "2.png"})
      write_bytes(folder / (std::string(name) + "/" + image), png());
  }
  const auto data = image_folder(folder / "", {}, 16, 16);
  data->next();
  data->next();
  REQUIRE(data->diagnostics().size() == 1);
  CHECK(data->diagnostics()[0].code == "subfolders_unread");
  CHECK(data->diagnostics()[0].message.find("reached 1 of 2 subfolders") != std::string::npos);
  data->next();
  CHECK(data->diagnostics().empty());
}
