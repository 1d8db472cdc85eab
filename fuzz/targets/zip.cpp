/// The archive's directory and every entry.
#include "io/zip.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = octet::fuzz;
  const auto path = fuzz::file_of({reinterpret_cast<const char*>(data), size}, ".zip");
  fuzz::read([&] {
    const octet::io::ZipArchive archive("fuzz", path);
    for (const auto& entry : archive.entries())
      fuzz::read([&] { archive.read(entry.first, std::uint64_t{1} << 24); });
  });
  return 0;
}
