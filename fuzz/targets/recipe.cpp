/// A recipe; one that is read must be written back to the same text.
#include "octet/recipe.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  octet::fuzz::read([&] {
    const octet::Recipe recipe =
        octet::recipe_from_json(octet::fuzz::text_of(data, size), "recipe.json");
    const std::string text = octet::to_json(recipe);
    if (octet::to_json(octet::recipe_from_json(text, "recipe.json")) != text) std::abort();
  });
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t largest, unsigned seed) {
  return octet::fuzz::mutate_json(data, size, largest, seed);
}
