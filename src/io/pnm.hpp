#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "io/image.hpp"

namespace octet::io {

/// Decodes a binary PGM or PPM (netpbm.sourceforge.net/doc/ppm.html), or nothing where the bytes
/// begin otherwise.
std::optional<DecodedImage> decode_pnm(std::span<const std::byte> bytes);

}  // namespace octet::io
