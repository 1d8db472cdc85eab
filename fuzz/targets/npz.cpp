/// An archive of arrays, read as a dataset.
#include "octet/dataset.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = octet::fuzz;
  const auto path = fuzz::file_of({reinterpret_cast<const char*>(data), size}, ".npz");
  fuzz::read([&] {
    const auto dataset = octet::npz_file(path);
    for (int i = 0; i < 4 && dataset->next(); ++i) {
    }
  });
  return 0;
}
