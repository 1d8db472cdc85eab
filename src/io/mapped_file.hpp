#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace octet::io {

/// A whole file mapped read-only. Pages are read when they are touched.
class MappedFile {
 public:
  /// Throws `Error` (file_not_found, file_unreadable) of the given stage. A file that shrinks while
  /// it is mapped is beyond what a process can guard against.
  static std::shared_ptr<const MappedFile> open(const std::string& stage,
                                                const std::filesystem::path& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::span<const std::byte> bytes_;
};

}  // namespace octet::io
