#include "octet/error.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

TEST_CASE("an error reads as stage, place, problem and remedy") {
  const octet::Error error(octet::ErrorCode::file_not_found, "import", "file 'a.pt2'",
                           "it does not exist", "Check the path");
  CHECK(std::string(error.what()) == "[import] file 'a.pt2': it does not exist. Check the path.");
  CHECK(octet::name_of(error.code()) == "file_not_found");
  CHECK(octet::exit_code_of(error.code()) == 3);
}

TEST_CASE("every error code has its own name and an exit code that is not success") {
  std::set<std::string_view> names;
  for (const octet::ErrorCode code : octet::all_error_codes()) {
    CHECK(names.insert(octet::name_of(code)).second);
    CHECK(octet::exit_code_of(code) != 0);
    CHECK_FALSE(octet::meaning_of(code).empty());
  }
}
