#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "octet/recipe.hpp"

using namespace octet;

namespace {

Recipe example() {
  Recipe recipe;
  recipe.octet_version = "0.1.0";
  recipe.openvino_version = "2026.4.1";
  recipe.model_fingerprint = "0123456789abcdef";
  recipe.provenance = {{"preset", "mixed"}, {"data", "folder 'Bäume' (3 images)"}};
  const QuantizerSpec spec{8, QuantizationMode::asymmetric, true, false, {}};
  recipe.edits = {
      FoldBatchNorm{"bn1", "conv1"},
      QuantizeActivation{"relu/quantizer",
                         {"relu", 1},
                         {{"conv2", 0}, {"add", 1}},
                         spec,
                         1,
                         3,
                         {{-0.1F, -1e-38F}, {std::nextafter(1.0F, 2.0F), 3.0e38F}, 256}},
      QuantizeWeight{"conv2/quantizer",
                     {"conv2", 1},
                     "conv2.weight",
                     {8, QuantizationMode::symmetric, true, true, true},
                     {0, 2},
                     {{-1.0F / 3}, {1.0F / 3}, 255}},
      ScaleChannels{"", {"norm", 0}, {{"q", 0}, {"k", 0}}, 2, {0.1F, 1e-20F, 100.0F}},
      ShiftBias{"conv2", {0.0F, std::numeric_limits<float>::denorm_min(), -1.0F / 7}},
  };
  return recipe;
}

struct Case {
  std::string name, error, text;
};

/// `# error: words` on the first line, then the recipe's text.
std::vector<Case> cases() {
  std::vector<Case> found;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(OCTET_CASES) / "recipe")) {
    std::ifstream stream(file.path());
    std::string first;
    std::getline(stream, first);
    std::stringstream rest;
    rest << stream.rdbuf();
    REQUIRE(first.rfind("# error: ", 0) == 0);
    found.push_back({file.path().filename().string(), first.substr(9), rest.str()});
  }
  return found;
}

}  // namespace

TEST_CASE("a recipe survives the way through JSON, to the last bit") {
  const Recipe before = example();
  const std::string text = to_json(before);
  const Recipe after = recipe_from_json(text, "test");
  CHECK(to_json(after) == text);
  CHECK(after.provenance == before.provenance);
  const auto& activation = std::get<QuantizeActivation>(after.edits.at(1));
  const auto& expected = std::get<QuantizeActivation>(before.edits.at(1));
  CHECK(activation.range == expected.range);
  CHECK(activation.spec == expected.spec);
  CHECK(activation.uses == expected.uses);
  CHECK(activation.tensor == expected.tensor);
  CHECK(activation.axis == expected.axis);
  CHECK(activation.group == expected.group);
  const auto& weight = std::get<QuantizeWeight>(after.edits.at(2));
  CHECK(weight.range == std::get<QuantizeWeight>(before.edits.at(2)).range);
  CHECK(weight.spec == std::get<QuantizeWeight>(before.edits.at(2)).spec);
  CHECK(weight.axes == std::vector<std::size_t>{0, 2});
  CHECK(std::get<ScaleChannels>(after.edits.at(3)).scale ==
        std::get<ScaleChannels>(before.edits.at(3)).scale);
  CHECK(std::get<ScaleChannels>(after.edits.at(3)).uses ==
        std::get<ScaleChannels>(before.edits.at(3)).uses);
  CHECK(std::get<ShiftBias>(after.edits.at(4)).shift ==
        std::get<ShiftBias>(before.edits.at(4)).shift);
  CHECK(std::get<FoldBatchNorm>(after.edits.at(0)).into == "conv1");
}

TEST_CASE("a recipe is stored in a file and read back") {
  const auto path = std::filesystem::temp_directory_path() / "octet_recipe_test.json";
  save(example(), path);
  CHECK(to_json(load_recipe(path)) == to_json(example()));
  std::filesystem::remove(path);
  CHECK_THROWS_WITH_AS(load_recipe(path), doctest::Contains("it does not exist"), Error);
  CHECK_THROWS_WITH_AS(load_recipe(path.parent_path()), doctest::Contains("cannot be read"), Error);
}

TEST_CASE("a malformed recipe is refused, naming the file, the place and the remedy") {
  const std::vector<Case> all = cases();
  CHECK(all.size() >= 20);
  for (const Case& row : all) {
    CAPTURE(row.name);
    try {
      recipe_from_json(row.text, "r.json");
      FAIL_CHECK("it was accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::recipe_invalid);
      CHECK(error.where() == "file 'r.json'");
      CHECK_FALSE(error.remedy().empty());
      CHECK(error.problem() == row.error);
    }
  }
}
