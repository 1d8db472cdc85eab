#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "octet/error.hpp"

namespace octet::core {
namespace {

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  static std::atomic<unsigned> counter{0};
  std::filesystem::path name = target;
  name += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
  return name;
}

/// A file is only safe under its new name once its bytes are on the disk.
bool sync_to_disk(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool ok = ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  errno = error;
  return ok;
}

}  // namespace

AtomicFile::AtomicFile(std::string stage, std::filesystem::path target)
    : stage_(std::move(stage)), target_(std::move(target)), temporary_(temporary_name(target_)) {
  errno = 0;
  stream_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!stream_) fail("be created");
}

AtomicFile::~AtomicFile() {
  if (committed_) return;
  stream_.close();
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::finish() {
  if (finished_) return;
  errno = 0;
  stream_.flush();
  if (!stream_) fail("be written");
  stream_.close();
  if (!stream_) fail("be written");
  if (!sync_to_disk(temporary_)) fail("be written to the disk");
  finished_ = true;
}

void AtomicFile::commit() {
  finish();
  errno = 0;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("be renamed into place");
  committed_ = true;
}

void AtomicFile::fail(const char* action) {
  const std::string reason = errno != 0 ? std::strerror(errno) : "write failed";
  throw Error(ErrorCode::output_unwritable, stage_, "file '" + target_.string() + "'",
              std::string("it could not ") + action + " (" + reason + ")",
              "Check that the folder exists, may be written to and has room");
}

void write_file(const std::string& stage, const std::filesystem::path& target,
                std::string_view text) {
  AtomicFile file(stage, target);
  file.stream().write(text.data(), static_cast<std::streamsize>(text.size()));
  file.commit();
}

}  // namespace octet::core
