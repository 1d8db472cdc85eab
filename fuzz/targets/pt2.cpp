/// A whole `.pt2` file.
#include "import/pt2/reader.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = octet::fuzz;
  const auto path = fuzz::file_of({reinterpret_cast<const char*>(data), size}, ".pt2");
  fuzz::read([&] { octet::importer::pt2::read(path); });
  return 0;
}
