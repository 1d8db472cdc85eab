#include "io/zip.hpp"

#include <minizip/unzip.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>
#include <vector>

#include "io/mapped_file.hpp"
#include "octet/error.hpp"

namespace octet::io {
namespace {

// Deflate cannot expand a byte to more than this (zlib's technical notes).
constexpr std::uint64_t largest_expansion = 1032;
constexpr std::size_t largest_name = 4096;
// A small file must not be able to ask for all of the memory. No weights and no real data deflate
// this well; small entries may, since what they cost is bounded.
constexpr std::uint64_t small_entry = std::uint64_t{256} << 20;
constexpr std::uint64_t largest_ratio = 100;
constexpr std::uint64_t most_entries = 1u << 20;

/// What minizip reads from: the mapped file.
struct Cursor {
  std::span<const std::byte> bytes;
  std::uint64_t position = 0;
};

voidpf open_cursor(voidpf opaque, const void*, int) {
  return opaque;
}

uLong read_cursor(voidpf, voidpf stream, void* buffer, uLong size) {
  auto& cursor = *static_cast<Cursor*>(stream);
  const std::uint64_t left = cursor.bytes.size() - cursor.position;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
  if (count) std::memcpy(buffer, cursor.bytes.data() + cursor.position, count);
  cursor.position += count;
  return static_cast<uLong>(count);
}

ZPOS64_T tell_cursor(voidpf, voidpf stream) {
  return static_cast<Cursor*>(stream)->position;
}

long seek_cursor(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  auto& cursor = *static_cast<Cursor*>(stream);
  const std::uint64_t size = cursor.bytes.size();
  const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? cursor.position
                             : origin == ZLIB_FILEFUNC_SEEK_END ? size
                                                                : 0;
  const std::uint64_t target = base + offset;
  if (target > size) return -1;
  cursor.position = target;
  return 0;
}

int close_cursor(voidpf, voidpf) {
  return 0;
}
int error_of_cursor(voidpf, voidpf) {
  return 0;
}

/// An open minizip handle on mapped bytes.
class Unzip {
 public:
  explicit Unzip(std::span<const std::byte> bytes) : cursor_{bytes} {
    zlib_filefunc64_def functions{};
    functions.zopen64_file = open_cursor;
    functions.zread_file = read_cursor;
    functions.ztell64_file = tell_cursor;
    functions.zseek64_file = seek_cursor;
    functions.zclose_file = close_cursor;
    functions.zerror_file = error_of_cursor;
    functions.opaque = &cursor_;
    handle_ = unzOpen2_64("", &functions);
  }
  Unzip(const Unzip&) = delete;
  Unzip& operator=(const Unzip&) = delete;
  ~Unzip() {
    if (handle_) unzClose(handle_);
  }
  unzFile get() const { return handle_; }

 private:
  Cursor cursor_;
  unzFile handle_ = nullptr;
};

/// Whether an entry is a symbolic link by the mode that archives made on Unix carry.
bool is_symbolic_link(const unz_file_info64& info) {
  constexpr unsigned unix_made = 3, macos_made = 19, type_mask = 0xf000, link_type = 0xa000;
  const auto maker = static_cast<unsigned>(info.version >> 8 & 0xff);
  const auto mode = static_cast<unsigned>(info.external_fa >> 16 & 0xffff);
  return (maker == unix_made || maker == macos_made) && (mode & type_mask) == link_type;
}

/// Why a name may not be in an archive, or null.
const char* problem_of_name(std::string_view name) {
  if (name.empty()) return "it has no name";
  if (name.find('\0') != name.npos || name.find('\\') != name.npos)
    return "its name holds a character that no path may hold";
  if (name.front() == '/' || (name.size() > 1 && name[1] == ':')) return "its name is absolute";
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    if (name.substr(0, slash) == "..") return "its name holds '..'";
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return nullptr;
}

}  // namespace

ZipArchive::ZipArchive(std::string stage, std::filesystem::path path)
    : stage_(std::move(stage)), path_(std::move(path)), file_(MappedFile::open(stage_, path_)) {
  read_directory();
}

void ZipArchive::fail(std::string_view entry, const std::string& problem) const {
  throw Error(ErrorCode::corrupt_archive, stage_, path_.string(),
              entry.empty() ? problem : "entry '" + std::string(entry) + "': " + problem,
              "Save or download the file again");
}

void ZipArchive::read_directory() {
  const auto bytes = file_->bytes();
  const Unzip unzip(bytes);
  if (!unzip.get()) {
    constexpr char signature[] = {'P', 'K', 3, 4};
    if (bytes.size() >= 4 && std::memcmp(bytes.data(), signature, 4) == 0)
      fail("", "the archive is truncated: its directory is missing");
    throw Error(ErrorCode::unknown_format, stage_, path_.string(), "this is not a zip archive",
                "Check that the file is of the format that its name says");
  }
  unz_global_info64 global{};
  if (unzGetGlobalInfo64(unzip.get(), &global) != UNZ_OK || global.number_entry > most_entries)
    fail("", "the archive's directory is damaged");
  int status = global.number_entry ? unzGoToFirstFile(unzip.get()) : UNZ_END_OF_LIST_OF_FILE;
  for (; status == UNZ_OK; status = unzGoToNextFile(unzip.get())) {
    unz_file_info64 info{};
    if (unzGetCurrentFileInfo64(unzip.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK)
      fail("", "the archive's directory is damaged");
    if (info.size_filename > largest_name) fail("", "an entry's name is too long");
    std::string name(info.size_filename, '\0');
    if (unzGetCurrentFileInfo64(unzip.get(), &info, name.data(), name.size(), nullptr, 0, nullptr,
                                0) != UNZ_OK)
      fail("", "the archive's directory is damaged");
    if (const char* problem = problem_of_name(name)) fail(name, problem);
    if (is_symbolic_link(info)) fail(name, "it is a symbolic link");
    constexpr unsigned encrypted = 1;
    if (info.flag & encrypted) fail(name, "it is encrypted");
    if (info.compression_method != 0 && info.compression_method != Z_DEFLATED)
      fail(name, "it is compressed by a method that is not known");
    ZipEntry entry;
    entry.position = unzGetOffset64(unzip.get());
    entry.size = info.uncompressed_size;
    entry.compressed_size = info.compressed_size;
    entry.checksum = static_cast<std::uint32_t>(info.crc);
    entry.is_stored = info.compression_method == 0;
    if (entry.compressed_size > bytes.size())
      fail(name, "it says that it is larger than the archive");
    if (entry.is_stored ? entry.size != entry.compressed_size
                        : entry.size / largest_expansion > entry.compressed_size)
      fail(name, "its sizes contradict each other");
    if (!entries_.emplace(name, entry).second) fail(name, "it occurs twice");
  }
  if (status != UNZ_END_OF_LIST_OF_FILE) fail("", "the archive's directory is damaged");
}

ZipBytes ZipArchive::read(std::string_view name, std::uint64_t limit) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail(name, "it is missing");
  const ZipEntry& entry = found->second;
  if (entry.size > limit) fail(name, "it is too large");
  if (entry.size > small_entry && entry.size / largest_ratio > entry.compressed_size)
    fail(name, "it would inflate to more than " + std::to_string(largest_ratio) +
                   " times its size. No real data does");
  const auto bytes = file_->bytes();
  const Unzip unzip(bytes);
  if (!unzip.get() || unzSetOffset64(unzip.get(), entry.position) != UNZ_OK ||
      unzOpenCurrentFile2(unzip.get(), nullptr, nullptr, entry.is_stored) != UNZ_OK)
    fail(name, "its header is damaged");
  ZipBytes result;
  if (entry.is_stored) {
    const std::uint64_t offset = unzGetCurrentFileZStreamPos64(unzip.get());
    if (offset > bytes.size() || entry.size > bytes.size() - offset)
      fail(name, "it reaches beyond the end of the archive");
    result.bytes = bytes.subspan(offset, entry.size);
    result.owner = file_;
  } else {
    const auto buffer = std::make_shared<std::vector<std::byte>>(entry.size);
    std::size_t filled = 0;
    while (filled < buffer->size()) {
      const auto step = static_cast<unsigned>(
          std::min<std::size_t>(buffer->size() - filled, std::numeric_limits<int>::max()));
      const int count = unzReadCurrentFile(unzip.get(), buffer->data() + filled, step);
      if (count <= 0) fail(name, "it cannot be inflated");
      filled += static_cast<std::size_t>(count);
    }
    std::byte extra;
    if (unzReadCurrentFile(unzip.get(), &extra, 1) != 0) fail(name, "it is longer than it says");
    result.bytes = *buffer;
    result.owner = buffer;
  }
  const auto* data = reinterpret_cast<const Bytef*>(result.bytes.data());
  if (crc32_z(crc32_z(0, nullptr, 0), data, result.bytes.size()) != entry.checksum)
    fail(name, "its checksum disagrees with its bytes");
  return result;
}

}  // namespace octet::io
