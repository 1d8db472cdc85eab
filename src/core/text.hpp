#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "octet/export.hpp"

namespace octet::core {

/// Edit distance between two words, for "did you mean".
OCTET_API std::size_t edit_distance(std::string_view a, std::string_view b);
/// Up to `count` of `candidates`, nearest first.
OCTET_API std::vector<std::string> nearest(std::string_view word,
                                           const std::vector<std::string>& candidates,
                                           std::size_t count = 3);
/// `a, b and c`
OCTET_API std::string join_words(const std::vector<std::string>& words);
OCTET_API std::string join(const std::vector<std::string>& words, std::string_view separator);
/// 1234567 bytes as "1.2 MB".
OCTET_API std::string format_bytes(std::uint64_t bytes);

}  // namespace octet::core
