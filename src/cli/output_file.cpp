#include "cli/output_file.hpp"

#include "core/atomic_file.hpp"
#include "octet/error.hpp"

namespace octet::cli {

namespace fs = std::filesystem;

void check_output(const fs::path& file, const fs::path& source) {
  std::error_code error;
  if (fs::is_directory(file, error))
    throw Error(ErrorCode::output_unwritable, "command", "file '" + file.string() + "'",
                "a folder has this name", "Choose another name");
  if (fs::equivalent(file, source, error))
    throw Error(ErrorCode::invalid_argument, "command", "file '" + file.string() + "'",
                "it is what is read", "Choose another name for the output");
  const core::AtomicFile probe("command", file);  // removed when it goes out of scope
}

void check_model_output(const fs::path& file, const fs::path& source) {
  if (file.extension() != ".xml")
    throw Error(ErrorCode::invalid_argument, "command", "file '" + file.string() + "'",
                "OpenVINO IR has the extension .xml",
                "Name it '" + fs::path(file).replace_extension(".xml").string() + "'");
  check_output(file, source);
  check_output(fs::path(file).replace_extension(".bin"),
               fs::path(source).replace_extension(".bin"));
}

std::uint64_t model_bytes(const fs::path& file) {
  std::error_code error;
  std::uint64_t bytes = 0;
  const auto add = [&](const fs::path& part) {
    const std::uintmax_t size = fs::file_size(part, error);
    if (!error) bytes += size;
  };
  add(file);
  if (file.extension() == ".xml") add(fs::path(file).replace_extension(".bin"));
  return bytes;
}

}  // namespace octet::cli
