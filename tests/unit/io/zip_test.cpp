#include "io/zip.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>

#include "octet/error.hpp"
#include "zip_writer.hpp"

namespace {

using octet::ErrorCode;
using octet::io::ZipArchive;

/// The error that opening the archive and reading all of it gives.
std::string error_of(const std::filesystem::path& path, ErrorCode expected) {
  try {
    const ZipArchive archive("import", path);
    for (const auto& [name, entry] : archive.entries()) archive.read(name);
  } catch (const octet::Error& error) {
    CHECK(octet::name_of(error.code()) == octet::name_of(expected));
    CHECK(std::string(error.what()).find(path.string()) != std::string::npos);
    return error.what();
  }
  return "no error";
}

void put(std::string& bytes, std::size_t at, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i)
    bytes.at(at + static_cast<std::size_t>(i)) = static_cast<char>(value >> (8 * i) & 0xff);
}

/// Position of the directory's entry of the first file.
std::size_t directory(const std::string& bytes) {
  return bytes.find("PK\x01\x02");
}

}  // namespace

TEST_CASE("entries of an archive come back, stored ones without a copy") {
  const TemporaryFolder folder;
  const auto path = folder / "a.zip";
  const std::string long_text(100000, 'x');
  write_zip(path, {{"root/a.txt", "hello"}, {"root/b.bin", long_text, true}, {"empty", ""}});
  const ZipArchive archive("import", path);
  CHECK(archive.entries().size() == 3);
  CHECK(archive.contains("root/a.txt"));
  CHECK(archive.read("root/a.txt").text() == "hello");
  CHECK(archive.read("root/b.bin").text() == long_text);
  CHECK(archive.read("empty").text().empty());
  CHECK(archive.read("root/a.txt").bytes.data() == archive.read("root/a.txt").bytes.data());
  CHECK_THROWS_WITH(archive.read("root/b.bin", 99999), doctest::Contains("it is too large"));
  CHECK_THROWS_WITH(archive.read("c"), doctest::Contains("entry 'c': it is missing"));
}

TEST_CASE("bytes of a stored entry outlive the archive") {
  const TemporaryFolder folder;
  write_zip(folder / "a.zip", {{"a", "hello"}});
  octet::io::ZipBytes bytes;
  bytes = ZipArchive("import", folder / "a.zip").read("a");
  CHECK(bytes.text() == "hello");
}

TEST_CASE("what is no archive says so") {
  const TemporaryFolder folder;
  CHECK(error_of(folder / "none.zip", ErrorCode::file_not_found).find("does not exist") !=
        std::string::npos);
  write_bytes(folder / "empty.zip", "");
  CHECK(error_of(folder / "empty.zip", ErrorCode::unknown_format).find("not a zip") !=
        std::string::npos);
  write_bytes(folder / "text.zip", std::string(70000, 'x'));
  CHECK(error_of(folder / "text.zip", ErrorCode::unknown_format).find("not a zip") !=
        std::string::npos);
  std::filesystem::create_directories(folder / "folder.zip");
  CHECK(error_of(folder / "folder.zip", ErrorCode::file_unreadable).find("not a file") !=
        std::string::npos);
}

TEST_CASE("a truncated archive is refused, wherever it was cut") {
  const TemporaryFolder folder;
  const auto path = folder / "a.zip";
  write_zip(path, {{"a", std::string(300, 'a')}, {"b", std::string(300, 'b'), true}});
  const std::string whole = read_bytes(path);
  // The record that ends an archive is 22 bytes long; without it there is no directory.
  for (std::size_t size = 0; size + 20 < whole.size(); size += 7) {
    CAPTURE(size);
    write_bytes(path, whole.substr(0, size));
    CHECK_THROWS_AS((ZipArchive("import", path).read("a")), octet::Error);
  }
}

TEST_CASE("damage of any one byte is noticed or harmless, and never crashes") {
  const TemporaryFolder folder;
  const auto path = folder / "a.zip";
  write_zip(path, {{"a", "some bytes"}, {"b", std::string(300, 'b'), true}});
  const std::string whole = read_bytes(path);
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      CAPTURE(at);
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      write_bytes(path, bytes);
      try {
        const ZipArchive archive("import", path);
        for (const auto& [name, entry] : archive.entries()) {
          const std::string text(archive.read(name).text());
          const bool is_whole = text == "some bytes" || text == std::string(300, 'b');
          CHECK(is_whole);
        }
      } catch (const octet::Error& error) {
        CHECK(error.stage() == "import");
      }
    }
}

TEST_CASE("hostile directories are refused") {
  struct Attack {
    const char* name;
    const char* problem;
    std::function<void(std::string&)> change;
  };
  const Attack attacks[] = {
      {"larger than the archive", "larger than the archive",
       [](std::string& bytes) {
         put(bytes, directory(bytes) + 20, 1u << 30, 4);
         put(bytes, directory(bytes) + 24, 1u << 30, 4);
       }},
      {"sizes that contradict", "sizes contradict",
       [](std::string& bytes) { put(bytes, directory(bytes) + 24, 9, 4); }},
      {"wrong checksum", "checksum",
       [](std::string& bytes) { bytes[bytes.find("some bytes")] = 'S'; }},
      {"encrypted", "encrypted",
       [](std::string& bytes) { put(bytes, directory(bytes) + 8, 1, 2); }},
      {"unknown method", "method",
       [](std::string& bytes) { put(bytes, directory(bytes) + 10, 14, 2); }},
      {"symbolic link", "symbolic link",
       [](std::string& bytes) {
         put(bytes, directory(bytes) + 4, 3 << 8 | 20, 2);
         put(bytes, directory(bytes) + 38, 0120777u << 16, 4);
       }},
      {"header elsewhere", "header is damaged",
       [](std::string& bytes) { put(bytes, directory(bytes) + 42, 3, 4); }},
      {"header beyond the end", "damaged",
       [](std::string& bytes) { put(bytes, directory(bytes) + 42, 0x7fffffff, 4); }},
  };
  for (const Attack& attack : attacks) {
    CAPTURE(attack.name);
    const TemporaryFolder folder;
    const auto path = folder / "a.zip";
    write_zip(path, {{"a", "some bytes"}});
    std::string bytes = read_bytes(path);
    attack.change(bytes);
    write_bytes(path, bytes);
    const std::string message = error_of(path, ErrorCode::corrupt_archive);
    CAPTURE(message);
    CHECK(message.find(attack.problem) != std::string::npos);
  }
}

TEST_CASE("names that lead out of the archive, and twice the same, are refused") {
  for (const char* name : {"/etc/passwd", "../up", "a/../../up", "a\\b", "c:evil", ".."}) {
    CAPTURE(name);
    const TemporaryFolder folder;
    write_zip(folder / "a.zip", {{name, "x"}});
    const std::string message = error_of(folder / "a.zip", ErrorCode::corrupt_archive);
    CAPTURE(message);
    CHECK(message.find("its name") != std::string::npos);
  }
  const TemporaryFolder folder;
  write_zip(folder / "a.zip", {{"a", "x"}, {"a", "y"}});
  CHECK(error_of(folder / "a.zip", ErrorCode::corrupt_archive).find("it occurs twice") !=
        std::string::npos);
}

TEST_CASE("an entry that would fill the memory is refused before it is inflated") {
  const TemporaryFolder folder;
  const auto path = folder / "a.zip";
  std::string noise(300'000, '\0');
  std::mt19937 random(1);
  for (char& byte : noise) byte = static_cast<char>(random());
  write_zip(path, {{"a", noise, true}});
  std::string bytes = read_bytes(path);
  // Less than deflate's limit of 1032 times, so nothing contradicts it but reason.
  put(bytes, directory(bytes) + 24, 300'000'000, 4);
  write_bytes(path, bytes);
  CHECK(error_of(path, ErrorCode::corrupt_archive).find("would inflate") != std::string::npos);
}

TEST_CASE("an entry that inflates to more than it says is refused") {
  const TemporaryFolder folder;
  const auto path = folder / "a.zip";
  write_zip(path, {{"a", std::string(4096, 'a'), true}});
  std::string bytes = read_bytes(path);
  put(bytes, directory(bytes) + 24, 100, 4);
  write_bytes(path, bytes);
  CHECK(error_of(path, ErrorCode::corrupt_archive) != "no error");
}
