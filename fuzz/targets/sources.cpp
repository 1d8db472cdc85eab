/// The table of origins that a saved model carries.
#include "octet/model.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  octet::fuzz::read([&] { octet::SourceMap::from_json(octet::fuzz::text_of(data, size)); });
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t largest, unsigned seed) {
  return octet::fuzz::mutate_json(data, size, largest, seed);
}
