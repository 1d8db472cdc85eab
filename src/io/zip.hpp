#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace octet::io {

class MappedFile;

struct ZipEntry {
  std::uint64_t position = 0;         ///< of the entry in the directory
  std::uint64_t size = 0;             ///< bytes, once inflated
  std::uint64_t compressed_size = 0;  ///< bytes in the archive
  std::uint32_t checksum = 0;         ///< CRC-32
  bool is_stored = true;              ///< not compressed
};

/// Bytes of an entry: a view of the mapped archive, or of inflated memory.
struct ZipBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// Reads a zip archive of unknown origin. Its directory is checked as a whole when it is opened:
/// names that are absolute, hold `..` or occur twice, encrypted entries, unknown methods and sizes
/// that the file cannot hold are refused.
class ZipArchive {
 public:
  /// Throws `Error` (file_not_found, file_unreadable, unknown_format where it is no zip,
  /// corrupt_archive) naming `stage` and the file.
  ZipArchive(std::string stage, std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  const std::map<std::string, ZipEntry, std::less<>>& entries() const { return entries_; }
  bool contains(std::string_view name) const { return entries_.find(name) != entries_.end(); }

  /// A stored entry is not copied. An entry above `limit` bytes is refused before memory is taken.
  /// Throws `Error` (corrupt_archive), also where the checksum disagrees.
  ZipBytes read(std::string_view name, std::uint64_t limit = UINT64_MAX) const;

 private:
  [[noreturn]] void fail(std::string_view entry, const std::string& problem) const;
  void read_directory();

  std::string stage_;
  std::filesystem::path path_;
  std::shared_ptr<const MappedFile> file_;
  std::map<std::string, ZipEntry, std::less<>> entries_;
};

}  // namespace octet::io
