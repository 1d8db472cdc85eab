#pragma once

#include <cstdint>
#include <filesystem>

namespace octet::cli {

/// Throws `Error` (output_unwritable) where `file` could not be written now: better than after the
/// calibration. `source` is what is read, which must stay whole.
void check_output(const std::filesystem::path& file, const std::filesystem::path& source);
/// Also that its name ends in `.xml`, and its `.bin`.
void check_model_output(const std::filesystem::path& file, const std::filesystem::path& source);

/// Bytes of a model's files (`.xml` counts with its `.bin`); 0 where unknown.
std::uint64_t model_bytes(const std::filesystem::path& file);

}  // namespace octet::cli
