#include "io/npy.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "octet/error.hpp"

namespace octet::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
// NumPy itself refuses to read longer headers.
constexpr std::size_t largest_header = 10'000;
constexpr std::size_t most_axes = 64;

struct TypeRow {
  std::string_view descr;  ///< without byte order
  ov::element::Type_t type;
};
constexpr std::array types = {
    TypeRow{"f4", ov::element::f32}, TypeRow{"f8", ov::element::f64},
    TypeRow{"f2", ov::element::f16}, TypeRow{"i1", ov::element::i8},
    TypeRow{"i2", ov::element::i16}, TypeRow{"i4", ov::element::i32},
    TypeRow{"i8", ov::element::i64}, TypeRow{"u1", ov::element::u8},
    TypeRow{"u2", ov::element::u16}, TypeRow{"u4", ov::element::u32},
    TypeRow{"u8", ov::element::u64}, TypeRow{"b1", ov::element::boolean},
};

class Failure {
 public:
  explicit Failure(std::string where) : where_(std::move(where)) {}
  [[noreturn]] void operator()(const std::string& problem,
                               const std::string& remedy = "Save it again with numpy.save") const {
    throw Error(ErrorCode::corrupt_array, "data", where_, problem, remedy);
  }

 private:
  std::string where_;
};

/// Reads the header's Python dictionary, of which it knows just what NumPy writes.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const Failure& fail) : text_(text), fail_(fail) {}

  void read() {
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !descr)
        descr = read_descr();
      else if (key == "fortran_order" && !fortran_order)
        fortran_order = boolean();
      else if (key == "shape" && !shape)
        shape = tuple();
      else
        fail_("its header holds '" + key + "' where it should not");
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail_("its header holds more than a dictionary");
    if (!descr || !fortran_order || !shape) fail_("its header lacks type, order or shape");
  }

  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<ov::Shape> shape;

 private:
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool accept(char wanted) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail_(std::string("its header is damaged: no '") + wanted + "'");
  }
  std::string quoted() {
    const char quote = accept('\'') ? '\'' : '"';
    if (quote == '"') expect('"');
    const std::size_t end = text_.find(quote, at_);
    if (end == text_.npos) fail_("its header is damaged: a text does not end");
    const std::string word(text_.substr(at_, end - at_));
    at_ = end + 1;
    return word;
  }
  std::string read_descr() {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '[')
      fail_("it is a structured array", "Save one plain array a file, or several in an .npz");
    return quoted();
  }
  bool boolean() {
    skip_space();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    fail_("its header is damaged: the order is neither True nor False");
  }
  ov::Shape tuple() {
    ov::Shape sides;
    expect('(');
    while (!accept(')')) {
      if (sides.size() == most_axes) fail_("it has too many axes");
      sides.push_back(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sides;
  }
  std::size_t number() {
    skip_space();
    std::size_t value = 0, digits = 0;
    for (; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])); ++at_) {
      if (++digits > 18) fail_("its shape is out of range");
      value = value * 10 + static_cast<std::size_t>(text_[at_] - '0');
    }
    if (digits == 0) fail_("its header is damaged: the shape is no tuple of numbers");
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // written by Python 2
    return value;
  }

  std::string_view text_;
  const Failure& fail_;
  std::size_t at_ = 0;
};

ov::element::Type type_of(const std::string& descr, const Failure& fail) {
  const auto row = std::ranges::find_if(types, [&](const TypeRow& known) {
    return descr.size() == 3 && descr.substr(1) == known.descr;
  });
  const char order = descr.empty() ? '?' : descr[0];
  const bool one_byte = descr.size() == 3 && descr[2] == '1';
  if (row != types.end() && (order == '<' || order == '=' || (order == '|' && one_byte)))
    return row->type;
  if (row != types.end() && order == '>')
    fail("its numbers are big-endian ('" + descr + "')",
         "Save array.astype(array.dtype.newbyteorder('<'))");
  fail("its element type '" + descr + "' cannot be used",
       "Save floating-point, integer or boolean numbers");
}

}  // namespace

NpyArray parse_npy(std::span<const std::byte> bytes, const std::string& where) {
  const Failure fail(where);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(magic))
    fail("this is not a NumPy array", "Give a file that numpy.save wrote");
  if (text.size() < 10) fail("it is truncated");
  const auto major = static_cast<unsigned char>(text[6]);
  if (major < 1 || major > 3) fail("its format version " + std::to_string(major) + " is not known");
  // Version 1 counts the header in 2 bytes, the later ones in 4.
  const std::size_t start = major == 1 ? 10 : 12;
  if (text.size() < start) fail("it is truncated");
  std::uint32_t length = 0;
  std::memcpy(&length, text.data() + 8, start - 8);
  if (length > largest_header) fail("its header is too long");
  if (text.size() - start < length) fail("it is truncated");

  HeaderReader header(text.substr(start, length), fail);
  header.read();
  NpyArray array;
  array.type = type_of(*header.descr, fail);
  array.shape = *header.shape;
  array.fortran_order = *header.fortran_order;
  std::size_t size = array.type.size();
  for (const std::size_t side : array.shape)
    if (__builtin_mul_overflow(size, side, &size)) fail("its shape is out of range");
  const std::size_t present = text.size() - start - length;
  if (present < size)
    fail("it is truncated: its shape needs " + std::to_string(size) + " bytes, " +
         std::to_string(present) + " are there");
  if (present > size)
    fail(std::to_string(present - size) + " bytes follow the array", "Save one array a file");
  array.data = bytes.subspan(start + length, size);
  return array;
}

ov::Tensor NpyArray::sample(std::size_t index) const {
  ov::Shape item_shape = shape;
  item_shape.at(0) = 1;
  ov::Tensor item(type, item_shape);
  const std::size_t count = ov::shape_size(item_shape), element = type.size();
  auto* target = static_cast<std::byte*>(item.data());
  if (!fortran_order) {
    if (count != 0) std::memcpy(target, data.data() + index * count * element, count * element);
    return item;
  }
  // Walks the item in row-major order over strides that grow from the first axis.
  std::vector<std::size_t> strides(shape.size(), element), at(shape.size(), 0);
  for (std::size_t axis = 1; axis < shape.size(); ++axis)
    strides[axis] = strides[axis - 1] * shape[axis - 1];
  std::size_t source = index * strides[0];
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(target + i * element, data.data() + source, element);
    for (std::size_t axis = shape.size(); axis-- > 1;) {
      source += strides[axis];
      if (++at[axis] < shape[axis]) break;
      source -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return item;
}

}  // namespace octet::io
