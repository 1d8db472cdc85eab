/// The JSON of a program, in an archive that is sound.
#include "import/pt2/reader.hpp"
#include "pt2_archive.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = octet::fuzz;
  const auto path =
      fuzz::pt2_archive(fuzz::text_of(data, size), std::string(fuzz::sound_weights_config));
  fuzz::read([&] { octet::importer::pt2::read(path); });
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t largest, unsigned seed) {
  return octet::fuzz::mutate_json(data, size, largest, seed);
}
