/// Runs tests/cases/scheme/*.case: a model, options, and where quantizers go.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "scheme/placement.hpp"
#include "unit/graph/text_model.hpp"
#include "unit/scheme/case_file.hpp"
#include "unit/scheme/options_text.hpp"
#include "unit/scheme/placement_text.hpp"

namespace {

using namespace octet;

bool starts_with(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

void run(const std::filesystem::path& path) {
  tests::CaseFile given = tests::read_case(path);
  std::set<std::string> expected = tests::lines_of(given["expect"]);
  std::set<std::string> found;
  try {
    const Model model = tests::parse_model(given["model"]);
    QuantizeOptions options;
    for (const std::string& line : tests::lines_of(given["options"]))
      tests::set_option(options, line);
    found = tests::describe(scheme::place(model, options));
  } catch (const std::exception& error) {
    found.insert(std::string("error ") + error.what());
  }
  // Of layers only those that the case names are compared.
  std::erase_if(found, [&](const std::string& line) {
    return starts_with(line, "layer ") && expected.count(line) == 0 &&
           std::none_of(expected.begin(), expected.end(), [&](const std::string& other) {
             return starts_with(other, line.substr(0, line.find(':') + 1));
           });
  });
  std::string difference;
  for (const std::string& line : expected)
    if (!found.count(line)) difference += "\n  - " + line;
  for (const std::string& line : found)
    if (!expected.count(line)) difference += "\n  + " + line;
  CHECK_MESSAGE(difference.empty(), path.stem().string() << ": expected -, found +" << difference);
}

}  // namespace

TEST_CASE("quantizers are placed as the cases say") {
  const std::vector<std::filesystem::path> paths = tests::case_paths("scheme");
  REQUIRE(paths.size() > 80);
  for (const auto& path : paths) run(path);
}
