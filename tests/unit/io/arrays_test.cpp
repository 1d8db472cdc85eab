#include <doctest/doctest.h>

#include <filesystem>

#include "io/npy.hpp"
#include "octet/dataset.hpp"
#include "zip_writer.hpp"

using namespace octet;

namespace {

const std::filesystem::path cases = std::filesystem::path(OCTET_CASES) / "arrays";

template <typename T>
std::vector<double> values_of(const ov::Tensor& tensor) {
  const T* values = tensor.data<T>();
  return {values, values + tensor.get_size()};
}

/// The cases' arrays hold their own row-major indices.
std::vector<double> indices(std::size_t first, std::size_t count) {
  std::vector<double> values;
  for (std::size_t i = first; i < first + count; ++i) values.push_back(static_cast<double>(i));
  return values;
}

template <typename T>
void check_counting(const std::string& file, ov::element::Type type,
                    const ov::Shape& shape = {3, 4, 5}) {
  CAPTURE(file);
  const auto data = npy_file(cases / file);
  CHECK(data->size() == shape[0]);
  ov::Shape item = shape;
  item[0] = 1;
  const std::size_t count = ov::shape_size(item);
  for (std::size_t i = 0; i < shape[0]; ++i) {
    const auto sample = data->next();
    REQUIRE(sample.has_value());
    REQUIRE(sample->inputs.size() == 1);
    CHECK(sample->inputs[0].first.empty());
    const ov::Tensor& tensor = sample->inputs[0].second;
    CHECK(tensor.get_element_type() == type);
    CHECK(tensor.get_shape() == item);
    CHECK(values_of<T>(tensor) == indices(i * count, count));
  }
  CHECK_FALSE(data->next().has_value());
}

std::string header(const std::string& text, char major = 1) {
  std::string bytes = std::string("\x93NUMPY") + major + '\0';
  bytes += static_cast<char>(text.size() & 255);
  bytes += static_cast<char>(text.size() >> 8);
  if (major > 1) bytes += std::string(2, '\0');
  return bytes + text;
}

std::string array(const std::string& type, const std::string& shape, std::size_t bytes) {
  return header("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n") +
         std::string(bytes, 'a');
}

std::string problem_of(const std::string& bytes) {
  try {
    io::parse_npy(std::as_bytes(std::span(bytes)), "file 'x.npy'");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::corrupt_array);
    CHECK(error.where() == "file 'x.npy'");
    return error.problem();
  }
  return "";
}

Error error_of_npz(const std::filesystem::path& path) {
  try {
    npz_file(path);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error was thrown");
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("arrays that NumPy saved are read in every type, order and version") {
  check_counting<ov::float16>("f2.npy", ov::element::f16);
  check_counting<float>("f4.npy", ov::element::f32);
  check_counting<double>("f8.npy", ov::element::f64);
  check_counting<std::int8_t>("i1.npy", ov::element::i8);
  check_counting<std::int16_t>("i2.npy", ov::element::i16);
  check_counting<std::int32_t>("i4.npy", ov::element::i32);
  check_counting<std::int64_t>("i8.npy", ov::element::i64);
  check_counting<std::uint8_t>("u1.npy", ov::element::u8);
  check_counting<std::uint16_t>("u2.npy", ov::element::u16);
  check_counting<std::uint32_t>("u4.npy", ov::element::u32);
  check_counting<std::uint64_t>("u8.npy", ov::element::u64);
  check_counting<float>("fortran.npy", ov::element::f32);
  check_counting<std::int32_t>("fortran_two_axes.npy", ov::element::i32, {12, 5});
  check_counting<float>("one_axis.npy", ov::element::f32, {7});
  check_counting<float>("version_2.npy", ov::element::f32);
  check_counting<float>("version_3.npy", ov::element::f32);
  const auto flags = npy_file(cases / "bool.npy")->next()->inputs[0].second;
  CHECK(flags.get_element_type() == ov::element::boolean);
  CHECK(static_cast<const char*>(flags.data())[0] == 0);
  CHECK(static_cast<const char*>(flags.data())[1] == 1);
}

TEST_CASE("the arrays of an npz are named inputs, or inputs by position") {
  const auto named = npz_file(cases / "named.npz");
  CHECK(named->size() == 3);
  named->next();
  const auto second = named->next();
  REQUIRE(second->inputs.size() == 2);
  CHECK(second->inputs[0].first == "image");
  CHECK(values_of<float>(second->inputs[0].second) == indices(20, 20));
  CHECK(second->inputs[1].first == "mask");
  CHECK(second->inputs[1].second.get_shape() == ov::Shape{1, 5});
  CHECK(values_of<std::int64_t>(second->inputs[1].second) == indices(20, 5));

  const auto compressed = npz_file(cases / "compressed.npz")->next();
  CHECK(values_of<float>(compressed->inputs.at(0).second) == indices(0, 20));

  const auto positional = npz_file(cases / "positional.npz")->next();
  REQUIRE(positional->inputs.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(positional->inputs[i].first.empty());
    CHECK(positional->inputs[i].second.get_shape() == ov::Shape{1, i + 1});
  }
}

TEST_CASE("samples outlive the dataset") {
  ov::Tensor tensor;
  {
    const auto data = npy_file(cases / "f4.npy");
    tensor = data->next()->inputs[0].second;
  }
  CHECK(values_of<float>(tensor) == indices(0, 20));
}

TEST_CASE("damaged and foreign arrays are refused with a reason") {
  CHECK(problem_of(array("<f4", "(2, 3)", 24)).empty());
  CHECK(problem_of("").find("not a NumPy array") != std::string::npos);
  CHECK(problem_of("\x93NUMPY") == "it is truncated");
  CHECK(problem_of(header("{}", 4)) == "its format version 4 is not known");
  CHECK(problem_of(header("", 2).substr(0, 10)) == "it is truncated");
  CHECK(problem_of(header(std::string(20'000, ' '))) == "its header is too long");
  CHECK(problem_of(array("<f4", "(2, 3)", 23)) ==
        "it is truncated: its shape needs 24 bytes, 23 are there");
  CHECK(problem_of(array("<f4", "(2, 3)", 25)) == "1 bytes follow the array");
  CHECK(problem_of(array("<f4", "(9999999999, 9999999999)", 8)) == "its shape is out of range");
  CHECK(problem_of(array("<f4", "(99999999999999999999, 0)", 8)) == "its shape is out of range");
  CHECK(problem_of(array("<f4", "(-2, 3)", 24)).find("tuple of numbers") != std::string::npos);
  CHECK(problem_of(array(">f4", "(2, 3)", 24)).find("big-endian") != std::string::npos);
  CHECK(problem_of(array("|O", "(1,)", 8)) == "its element type '|O' cannot be used");
  CHECK(problem_of(array("<c8", "(1,)", 8)) == "its element type '<c8' cannot be used");
  CHECK(problem_of(array("<U2", "(1,)", 8)) == "its element type '<U2' cannot be used");
  CHECK(problem_of(array("", "(1,)", 8)) == "its element type '' cannot be used");
  std::string axes = "(";
  for (int i = 0; i < 65; ++i) axes += "1,";
  CHECK(problem_of(array("<f4", axes + ")", 4)) == "it has too many axes");
  CHECK(problem_of(header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}")) ==
        "it is a structured array");
  for (const char* text :
       {"", "{", "{'descr'", "{'descr': '<f4'", "{'descr': '<f4', ", "{'descr': '<f4', 'shape': (",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f4', 'shape': (1,)}", "{'descr': '<f4', 'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}"}) {
    CAPTURE(text);
    CHECK(problem_of(header(text) + "aaaa") != "");
  }
}

TEST_CASE("every cut of an array file is refused") {
  const std::string whole = read_bytes(cases / "f4.npy");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(problem_of(whole.substr(0, size)) != "");
  }
}

TEST_CASE("an npz that cannot be a dataset is refused") {
  const TemporaryFolder folder;
  write_zip(folder / "lengths.npz",
            {{"a.npy", array("<f4", "(2, 3)", 24)}, {"b.npy", array("<f4", "(3,)", 12)}});
  const Error lengths = error_of_npz(folder / "lengths.npz");
  CHECK(lengths.code() == ErrorCode::sample_mismatch);
  CHECK(lengths.problem() == "array 'a' of 2 samples stands beside array 'b' of 3 samples");

  write_zip(folder / "none.npz", {{"a.npy", array("<f4", "(0, 3)", 0)}});
  CHECK(error_of_npz(folder / "none.npz").code() == ErrorCode::dataset_empty);
  write_zip(folder / "number.npz", {{"a.npy", array("<f4", "()", 4)}});
  CHECK(error_of_npz(folder / "number.npz").code() == ErrorCode::corrupt_array);
  write_zip(folder / "text.npz", {{"a.txt", "text"}});
  CHECK(error_of_npz(folder / "text.npz").code() == ErrorCode::corrupt_array);
  write_zip(folder / "broken.npz", {{"a.npy", "text"}});
  const Error broken = error_of_npz(folder / "broken.npz");
  CHECK(broken.code() == ErrorCode::corrupt_array);
  CHECK(broken.where().find("array 'a'") != std::string::npos);
  write_bytes(folder / "no.npz", "text");
  CHECK(error_of_npz(folder / "no.npz").code() == ErrorCode::unknown_format);
  CHECK(error_of_npz(folder / "absent.npz").code() == ErrorCode::file_not_found);
}
