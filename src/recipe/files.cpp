#include <fstream>
#include <iterator>

#include "core/atomic_file.hpp"
#include "octet/recipe.hpp"

namespace octet {

void save(const Recipe& recipe, const std::filesystem::path& path) {
  core::write_file("recipe", path, to_json(recipe));
}

Recipe load_recipe(const std::filesystem::path& path) {
  const std::string where = "file '" + path.string() + "'";
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw Error(ErrorCode::file_not_found, "recipe", where, "it does not exist", "Check the path");
  std::ifstream stream(path, std::ios::binary);
  const bool opened = stream.is_open() && !std::filesystem::is_directory(path, error);
  std::string text;
  if (opened) text.assign(std::istreambuf_iterator<char>(stream), {});
  if (!opened || stream.bad())
    throw Error(ErrorCode::file_unreadable, "recipe", where, "it cannot be read",
                "Check that it is a file and that you may read it");
  return recipe_from_json(text, path.string());
}

}  // namespace octet
