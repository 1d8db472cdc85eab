#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "octet/calibrate.hpp"
#include "statistics/state.hpp"

namespace octet::statistics {

/// What `octet calibrate` leaves in a file: a line that names the format, CBOR (RFC 8949), and a
/// checksum, which tells damage, not malice.
struct Part {
  std::filesystem::path file;
  State identity;  ///< what two runs must have in common
  State state;     ///< of the pass
  Shard shard;
  bool is_whole = false;
};

/// `file 'x'`
std::string where_of_part(const std::filesystem::path& file);

/// Throws `Error` (output_unwritable).
void write_part(const Part& part);
/// Throws `Error` (file_not_found, file_unreadable, corrupt_archive).
Part read_part(const std::filesystem::path& file);

/// The bytes of a file with this CBOR.
std::string part_text(std::string_view cbor);

}  // namespace octet::statistics
