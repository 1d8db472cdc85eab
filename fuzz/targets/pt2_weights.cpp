/// The configuration of an archive's weights.
#include "import/pt2/tensors.hpp"
#include "io/zip.hpp"
#include "pt2_archive.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = octet::fuzz;
  const auto path = fuzz::pt2_archive("{}", fuzz::text_of(data, size));
  fuzz::read([&] {
    const octet::io::ZipArchive archive("fuzz", path);
    octet::importer::pt2::Tensors tensors;
    tensors.read(archive, "net/data/weights/", "net/data/weights/model_weights_config.json");
  });
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t largest, unsigned seed) {
  return octet::fuzz::mutate_json(data, size, largest, seed);
}
