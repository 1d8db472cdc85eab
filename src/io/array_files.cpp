#include <algorithm>
#include <charconv>

#include "io/array_dataset.hpp"
#include "io/mapped_file.hpp"
#include "io/zip.hpp"
#include "octet/dataset.hpp"

namespace octet {
namespace {

constexpr const char* stage = "data";
constexpr std::string_view suffix = ".npy";
// A compressed array has to be inflated as a whole.
constexpr std::uint64_t largest_inflated = std::uint64_t{4} << 30;

std::string file_name(const std::filesystem::path& file) {
  return "file '" + file.string() + "'";
}

/// N of `arr_N`, which numpy.savez calls the arrays that were given without a name.
std::optional<std::size_t> position_of(std::string_view name) {
  constexpr std::string_view prefix = "arr_";
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), position);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return position;
}

/// Arrays without a name of their own are inputs by position.
void order_by_position(std::vector<io::InputArray>& inputs) {
  const auto is_numbered = [](const auto& input) { return position_of(input.name).has_value(); };
  if (!std::ranges::all_of(inputs, is_numbered)) return;
  std::ranges::sort(inputs, {}, [](const auto& input) { return *position_of(input.name); });
  for (io::InputArray& input : inputs) input.name.clear();
}

}  // namespace

std::unique_ptr<Dataset> npy_file(const std::filesystem::path& file) {
  auto mapped = io::MappedFile::open(stage, file);
  const std::string where = file_name(file);
  io::InputArray input{"", io::parse_npy(mapped->bytes(), where), mapped};
  return io::array_dataset({std::move(input)}, where);
}

std::unique_ptr<Dataset> npz_file(const std::filesystem::path& file) {
  const io::ZipArchive archive(stage, file);
  const std::string where = file_name(file);
  std::vector<io::InputArray> inputs;
  for (const auto& [entry_name, entry] : archive.entries()) {
    if (!std::string_view(entry_name).ends_with(suffix))
      throw Error(ErrorCode::corrupt_array, stage, where, "it holds '" + entry_name + "', no array",
                  "Save it with numpy.savez");
    if (!entry.is_stored && entry.size > largest_inflated)
      throw Error(ErrorCode::corrupt_array, stage, where,
                  "'" + entry_name + "' is too large to be inflated",
                  "Save it uncompressed, with numpy.savez");
    io::ZipBytes bytes = archive.read(entry_name);
    const std::string name = entry_name.substr(0, entry_name.size() - suffix.size());
    inputs.push_back({name, io::parse_npy(bytes.bytes, where + ", array '" + name + "'"),
                      std::move(bytes.owner)});
  }
  order_by_position(inputs);
  return io::array_dataset(std::move(inputs), where);
}

}  // namespace octet
