#include "import/pt2/tensors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <set>
#include <vector>

#include "import/aten/scalar_types.hpp"

namespace octet::importer::pt2 {
namespace {

const aten::ScalarType& row_of(const View& code) {
  const std::int64_t number = code.integer();
  const auto found = std::ranges::find(aten::scalar_types, number, &aten::ScalarType::archive_code);
  if (found == aten::scalar_types.end())
    code.fail("the element type " + std::to_string(number) + " is not known");
  return *found;
}

constexpr std::uint64_t largest_broadcast = std::uint64_t{1} << 30;

/// Where the elements of a tensor lie in its record.
struct Layout {
  ov::element::Type type;
  ov::Shape shape;
  std::vector<std::uint64_t> strides;
  std::uint64_t offset = 0;
  std::uint64_t extent = 0;  ///< elements of the record that are needed
  std::uint64_t count = 1;   ///< elements of the tensor
  bool is_contiguous = true;
};

std::uint64_t known_size(const View& size) {
  const auto [kind, value] = size.tagged();
  if (kind != "as_int" || value.integer() < 0) size.fail("a stored tensor has an unknown size");
  return static_cast<std::uint64_t>(value.integer());
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, const View& view) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) view.fail("its sizes overflow");
  return product;
}

Layout read_layout(const View& meta) {
  Layout layout;
  layout.type = element_type(meta.at("dtype"));
  const View sizes = meta.at("sizes"), strides = meta.at("strides");
  constexpr int strided = 7;
  if (meta.at("layout").integer() != strided) meta.fail("only dense tensors can be read");
  if (sizes.size() != strides.size()) meta.fail("sizes and strides differ in number");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    layout.shape.push_back(known_size(sizes.item(i)));
    layout.strides.push_back(known_size(strides.item(i)));
  }
  layout.offset = known_size(meta.at("storage_offset"));
  std::uint64_t last = layout.offset;
  for (std::size_t i = layout.shape.size(); i-- > 0;) {
    if (layout.shape[i] > 1 && layout.strides[i] != layout.count) layout.is_contiguous = false;
    layout.count = multiply(layout.count, layout.shape[i], meta);
    if (layout.shape[i] > 0 &&
        __builtin_add_overflow(last, multiply(layout.shape[i] - 1, layout.strides[i], meta), &last))
      meta.fail("its sizes overflow");
  }
  if (layout.count > 0 && __builtin_add_overflow(last, std::uint64_t{1}, &layout.extent))
    meta.fail("its sizes overflow");
  multiply(std::max(layout.extent, layout.count), layout.type.size(), meta);
  return layout;
}

/// Copies the elements in the order of the shape.
void gather(const Layout& layout, const std::byte* source, std::byte* target) {
  const std::size_t item = layout.type.size();
  std::vector<std::uint64_t> index(layout.shape.size(), 0);
  for (std::uint64_t i = 0; i < layout.count; ++i) {
    std::uint64_t at = layout.offset;
    for (std::size_t axis = 0; axis < index.size(); ++axis)
      at += index[axis] * layout.strides[axis];
    std::memcpy(target + i * item, source + at * item, item);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < layout.shape[axis]) break;
      index[axis] = 0;
    }
  }
}

ov::Tensor make_tensor(const Layout& layout, std::span<const std::byte> bytes, const View& meta) {
  if (layout.count == 0) return ov::Tensor(layout.type, layout.shape);
  const std::byte* start = bytes.data() + layout.offset * layout.type.size();
  const bool is_aligned = reinterpret_cast<std::uintptr_t>(start) % layout.type.size() == 0;
  if (layout.is_contiguous && is_aligned)
    // The view is only ever read: weights of a model are constants.
    return ov::Tensor(layout.type, layout.shape, const_cast<std::byte*>(start));
  if (layout.count > layout.extent &&
      layout.count * layout.type.size() > std::max<std::uint64_t>(largest_broadcast, bytes.size()))
    meta.fail("the tensor is far larger than what is stored of it", ErrorCode::weight_mismatch);
  ov::Tensor copy(layout.type, layout.shape);
  gather(layout, bytes.data(), static_cast<std::byte*>(copy.data()));
  return copy;
}

/// `s77` of `Symbol('s77', positive=True, integer=True)`; empty for any other expression.
std::string symbol_of(const std::string& expression) {
  constexpr std::string_view start = "Symbol('";
  if (!expression.starts_with(start)) return {};
  const std::size_t quote = expression.find('\'', start.size());
  if (quote == std::string::npos || expression.find(')') != expression.size() - 1) return {};
  return expression.substr(start.size(), quote - start.size());
}

}  // namespace

ov::element::Type element_type(const View& code) {
  const aten::ScalarType& row = row_of(code);
  if (row.type == ov::element::Type_t::dynamic)
    code.fail("OpenVINO has no tensors of " + std::string(row.name), ErrorCode::unsupported_model);
  return row.type;
}

int c10_code(const View& code) {
  return row_of(code).c10;
}

aten::ValueMeta tensor_meta(const View& meta, const Bounds& bounds) {
  aten::ValueMeta result;
  result.type = row_of(meta.at("dtype")).type;
  std::vector<ov::Dimension> dimensions;
  const View sizes = meta.at("sizes");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto [kind, value] = sizes.item(i).tagged();
    if (kind == "as_int") {
      if (value.integer() < 0) value.fail("a size is negative");
      dimensions.emplace_back(value.integer());
      continue;
    }
    const auto bound = bounds.find(symbol_of(value.at("expr_str").text()));
    dimensions.push_back(bound == bounds.end() ? ov::Dimension::dynamic()
                                               : ov::Dimension(0, bound->second));
  }
  result.shape = ov::PartialShape(std::move(dimensions));
  return result;
}

void Tensors::read(const io::ZipArchive& archive, const std::string& folder,
                   const std::string& config) {
  if (!archive.contains(config)) return;
  constexpr std::uint64_t largest_config = std::uint64_t{256} << 20;
  const io::ZipBytes text = archive.read(config, largest_config);
  const Document document(archive.path(), config, text.text());
  struct Record {
    io::ZipBytes bytes;
    std::uint64_t needed = 0;
    std::string name;  ///< of the tensor that needs most
  };
  std::map<std::string, Record> records;
  for (const auto& [name, payload] : View(document).at("config").members()) {
    const std::string path = payload.at("path_name").text();
    if (payload.at("use_pickle").boolean()) {
      pickled_[name] = path;
      continue;
    }
    const auto [place, is_new] = records.try_emplace(path);
    Record& record = place->second;
    if (is_new) {
      if (!archive.contains(folder + path))
        payload.fail("the entry '" + folder + path + "' is missing", ErrorCode::corrupt_archive);
      record.bytes = archive.read(folder + path);
    }
    const View meta = payload.at("tensor_meta");
    const Layout layout = read_layout(meta);
    const std::uint64_t needed = layout.extent * layout.type.size();
    if (needed > record.bytes.bytes.size())
      payload.fail("the weight '" + name + "' of shape " + layout.shape.to_string() + " (" +
                       layout.type.to_string() + ") needs " + std::to_string(needed) +
                       " bytes, but '" + path + "' holds " +
                       std::to_string(record.bytes.bytes.size()),
                   ErrorCode::weight_mismatch);
    if (needed >= record.needed) {
      record.needed = needed;
      record.name = name;
    }
    tensors_[name] = make_tensor(layout, record.bytes.bytes, meta);
  }
  auto owners = std::make_shared<std::vector<std::shared_ptr<const void>>>();
  std::set<const void*> kept;
  for (auto& [path, record] : records) {
    if (record.needed != record.bytes.bytes.size())
      document.fail(ErrorCode::weight_mismatch, "config." + record.name,
                    "the weight '" + record.name + "' needs " + std::to_string(record.needed) +
                        " bytes, but '" + path + "' holds " +
                        std::to_string(record.bytes.bytes.size()));
    if (kept.insert(record.bytes.owner.get()).second)
      owners->push_back(std::move(record.bytes.owner));
  }
  if (owner_) owners->push_back(owner_);
  owner_ = std::move(owners);
}

const ov::Tensor* Tensors::find(const std::string& qualified_name) const {
  const auto found = tensors_.find(qualified_name);
  return found == tensors_.end() ? nullptr : &found->second;
}

bool Tensors::is_pickled(const std::string& qualified_name) const {
  return pickled_.contains(qualified_name);
}

}  // namespace octet::importer::pt2
