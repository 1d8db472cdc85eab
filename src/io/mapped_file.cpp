#include "io/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/memory.hpp"
#include "octet/error.hpp"

namespace octet::io {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::string& stage, const std::filesystem::path& path, int code) {
  if (code == ENOMEM) throw core::out_of_memory(stage, "read " + path.string());
  const bool missing = code == ENOENT || code == ENOTDIR;
  throw Error(missing ? ErrorCode::file_not_found : ErrorCode::file_unreadable, stage,
              path.string(),
              missing ? "the file does not exist"
                      : "the file cannot be read: " + std::generic_category().message(code),
              missing ? "Check the path" : "Check the file's permissions");
}

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& stage,
                                                   const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail(stage, path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(stage, path, errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::file_unreadable, stage, path.string(), "this is not a file",
                "Give the path of a file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile({}));
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) fail(stage, path, errno);
  return std::shared_ptr<const MappedFile>(
      new MappedFile({static_cast<const std::byte*>(address), size}));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace octet::io
