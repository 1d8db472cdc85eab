#include "core/file_pair.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include "core/hash.hpp"
#include "octet/error.hpp"

namespace octet::core {
namespace {

constexpr std::string_view text_start = "<!-- octet seal ", text_end = " -->\n";
constexpr std::string_view weights_start = "octet seal ";
constexpr std::size_t seal_size = 16;

/// The last `size` bytes of a file; fewer where it is shorter or cannot be read.
std::string tail(const std::filesystem::path& path, std::size_t size) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto length = static_cast<std::size_t>(file.tellg());
  std::string bytes(std::min(size, length), '\0');
  file.seekg(-static_cast<std::streamoff>(bytes.size()), std::ios::end);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file ? bytes : std::string();
}

}  // namespace

std::string seal_of(const std::filesystem::path& weights) {
  std::ifstream file(weights, std::ios::binary);
  std::vector<char> block(std::size_t{1} << 20);
  Hash64 hash;
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0)
    hash.bytes(block.data(), static_cast<std::size_t>(file.gcount()));
  return hash.hex();
}

std::string seal_for_text(const std::string& seal) {
  return std::string(text_start) + seal + std::string(text_end);
}

std::string seal_for_weights(const std::string& seal) {
  return std::string(weights_start) + seal;
}

void check_seal(const std::filesystem::path& text, const std::filesystem::path& weights) {
  const std::string end = tail(text, text_start.size() + seal_size + text_end.size());
  if (!end.starts_with(text_start) || !end.ends_with(text_end)) return;
  const std::string seal = end.substr(text_start.size(), seal_size);
  const std::string expected = seal_for_weights(seal);
  if (tail(weights, expected.size()) == expected) return;
  throw Error(ErrorCode::weight_mismatch, "import", text.string(),
              "'" + weights.filename().string() +
                  "' beside it is missing or is not the file that was saved with it",
              "Save the model again, or copy both files from the same place");
}

}  // namespace octet::core
