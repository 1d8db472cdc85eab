#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string_view>

#include "octet/export.hpp"

namespace octet::core {

/// Writes a file under a temporary name in the same folder, then renames it: a reader sees the old
/// file or the whole new one. Throws `Error` (output_unwritable), leaving nothing behind.
///
/// A process that is killed leaves its temporary file. It is locked (flock) as long as its process
/// lives, so the next one that writes the same target knows it for stale, and removes it.
class OCTET_API AtomicFile {
 public:
  AtomicFile(std::string stage, std::filesystem::path target);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();  ///< removes the temporary file unless committed

  std::ostream& stream() { return stream_; }
  const std::filesystem::path& temporary() const { return temporary_; }
  /// Flushes to the disk and closes; throws if any byte was lost. The target is untouched yet.
  void finish();
  /// Renames to the target (after `finish`, which it calls where needed).
  void commit();

 private:
  [[noreturn]] void fail(const char* action);
  void create();

  std::string stage_;
  std::filesystem::path target_, temporary_;
  std::ofstream stream_;
  int lock_ = -1;  ///< descriptor of the temporary file, locked
  bool finished_ = false, committed_ = false;
};

/// Writes `text` at once.
OCTET_API void write_file(const std::string& stage, const std::filesystem::path& target,
                          std::string_view text);

}  // namespace octet::core
