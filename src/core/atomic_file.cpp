#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "octet/error.hpp"

namespace octet::core {
namespace {

constexpr const char* mark = ".tmp-";

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  static std::atomic<unsigned> counter{0};
  std::filesystem::path name = target;
  name += mark + std::to_string(::getpid()) + "-" + std::to_string(counter++);
  return name;
}

/// Removes what killed processes left of this target. Whatever cannot be listed or opened stays.
void remove_stale(const std::filesystem::path& target) {
  std::error_code error;
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  const std::string prefix = target.filename().string() + mark;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    const int file = ::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) continue;
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
    ::close(file);
  }
}

/// Whether `path` still is the open file: another process may have taken it for stale before it was
/// locked.
bool is_still(int file, const std::filesystem::path& path) {
  struct stat open_file {
  }, named{};
  return ::fstat(file, &open_file) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
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
    : stage_(std::move(stage)), target_(std::move(target)) {
  remove_stale(target_);
  try {
    create();
  } catch (...) {
    if (lock_ >= 0) ::close(lock_);
    throw;
  }
}

void AtomicFile::create() {
  do {
    if (lock_ >= 0) ::close(lock_);
    temporary_ = temporary_name(target_);
    lock_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (lock_ < 0) fail("be created");
    // Where a file system has no locks, there is no removal of stale files either.
  } while (::flock(lock_, LOCK_EX) == 0 && !is_still(lock_, temporary_));
  errno = 0;
  stream_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!stream_) fail("be created");
}

AtomicFile::~AtomicFile() {
  stream_.close();
  std::error_code ignored;
  if (!committed_) std::filesystem::remove(temporary_, ignored);
  ::close(lock_);
}

void AtomicFile::finish() {
  if (finished_) return;
  errno = 0;
  if (!stream_) {
    // The write that failed is long past: one more, of what a block holds, tells the reason.
    const std::string block(4096, '\0');
    const auto size = ::lseek(lock_, 0, SEEK_END);
    if (::pwrite(lock_, block.data(), block.size(), size) >= 0) errno = 0;
    fail("be written");
  }
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
