#pragma once

#include <filesystem>
#include <string>

namespace octet::core {

/// OpenVINO IR is two files, and two files cannot be replaced at once: a process that is killed
/// between the two renames leaves the old .xml with the new .bin, which OpenVINO reads without a
/// word. So that this shows, each ends with the same seal, a hash of the .bin's content: a comment
/// in the .xml, and bytes after the last weight in the .bin. Neither changes what they mean.

/// The seal of a .bin that has none yet: 16 hexadecimal digits.
std::string seal_of(const std::filesystem::path& weights);

/// What is appended to the .xml, and to the .bin.
std::string seal_for_text(const std::string& seal);
std::string seal_for_weights(const std::string& seal);

/// Throws `Error` (weight_mismatch) where the .xml carries a seal and the .bin beside it another,
/// or none. Files that something else wrote carry none and pass.
void check_seal(const std::filesystem::path& text, const std::filesystem::path& weights);

}  // namespace octet::core
