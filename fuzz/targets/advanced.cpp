/// Advanced parameters as JSON.
#include "cli/advanced_json.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = octet::fuzz::text_of(data, size);
  if (text.find('{') == text.npos) return 0;  // that is a file's name
  octet::fuzz::read([&] { octet::cli::parse_advanced(text); });
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t largest, unsigned seed) {
  return octet::fuzz::mutate_json(data, size, largest, seed);
}
