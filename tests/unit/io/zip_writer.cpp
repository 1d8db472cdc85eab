#include "zip_writer.hpp"

#include <minizip/zip.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <stdexcept>

void write_zip(const std::filesystem::path& path, const std::vector<ZipItem>& items) {
  const zipFile file = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  if (!file) throw std::runtime_error("cannot create " + path.string());
  for (const ZipItem& item : items) {
    zip_fileinfo info{};
    const bool failed =
        zipOpenNewFileInZip64(file, item.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                              item.compress ? Z_DEFLATED : 0, item.compress ? 9 : 0, 0) != ZIP_OK ||
        zipWriteInFileInZip(file, item.bytes.data(), static_cast<unsigned>(item.bytes.size())) !=
            ZIP_OK ||
        zipCloseFileInZip(file) != ZIP_OK;
    if (failed) throw std::runtime_error("cannot write " + item.name);
  }
  zipClose(file, nullptr);
}

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> next = 0;
  path_ = std::filesystem::temp_directory_path() /
          ("octet_test_" + std::to_string(::getpid()) + "_" + std::to_string(next++));
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
