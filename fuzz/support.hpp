#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

/// What the fuzz targets share. A target is a file that defines `LLVMFuzzerTestOneInput`.
namespace octet::fuzz {

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}
inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file in memory (/dev/shm) with these bytes, for readers that take paths. One a process and
/// extension, overwritten by the next call.
std::filesystem::path file_of(std::string_view bytes, const std::string& extension);

/// Runs a reader on hostile bytes. It may refuse them with an `octet::Error` that says where, what
/// and what to do; anything else (a crash, another exception, an error without words) is a defect
/// and ends the process.
void read(const std::function<void()>& reader);

/// Changes one place of a JSON document: a value is replaced by one of another kind or by an
/// extreme, removed, doubled, or swapped with another. The same seed makes the same change.
void mutate(nlohmann::json& document, unsigned seed);

/// For `LLVMFuzzerCustomMutator`: `mutate` where the bytes are JSON that still fits, else plain
/// bytes.
std::size_t mutate_json(std::uint8_t* data, std::size_t size, std::size_t largest, unsigned seed);

}  // namespace octet::fuzz
