#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace octet::io {

/// What is wrong with the segments of a JPEG (ITU-T T.81, annex B), or nothing. The decoder that
/// follows (stb_image 2.27, which Debian 12 carries) writes beyond its tables where a Huffman table
/// claims more than 256 codes (CVE-2021-37789).
std::string problem_of_jpeg(std::span<const std::byte> bytes);

}  // namespace octet::io
