#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Archives for tests.
struct ZipItem {
  std::string name, bytes;
  bool compress = false;
};

void write_zip(const std::filesystem::path& path, const std::vector<ZipItem>& items);

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string read_bytes(const std::filesystem::path& path);
void write_bytes(const std::filesystem::path& path, const std::string& bytes);
