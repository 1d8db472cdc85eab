/// An array and its first and last sample.
#include "io/npy.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  octet::fuzz::read([&] {
    const octet::io::NpyArray array =
        octet::io::parse_npy(octet::fuzz::bytes_of(data, size), "the array");
    if (array.shape.empty() || array.shape[0] == 0) return;
    array.sample(0);
    array.sample(array.shape[0] - 1);
  });
  return 0;
}
