#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace octet::tests {

/// The text of each section of a case: what follows a line `[name]`.
using CaseFile = std::map<std::string, std::string>;

CaseFile read_case(const std::filesystem::path& path);
/// The lines of a section, without comments and empty ones.
std::set<std::string> lines_of(const std::string& section);
/// The cases of a folder of tests/cases, by name.
std::vector<std::filesystem::path> case_paths(const std::string& folder);

}  // namespace octet::tests
