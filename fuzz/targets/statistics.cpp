/// A file of statistics: the bytes are its CBOR, or the whole file where they begin as one.
#include "statistics/part_file.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = octet::fuzz::text_of(data, size);
  const std::string file =
      bytes.starts_with("octet ") ? bytes : octet::statistics::part_text(bytes);
  octet::fuzz::read(
      [&] { octet::statistics::read_part(octet::fuzz::file_of(file, ".statistics")); });
  return 0;
}
