#include "unit/scheme/case_file.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace octet::tests {

CaseFile read_case(const std::filesystem::path& path) {
  std::ifstream file(path);
  CaseFile result;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] == '[' && line.back() == ']')
      section = line.substr(1, line.size() - 2);
    else
      result[section] += line + "\n";
  }
  return result;
}

std::vector<std::filesystem::path> case_paths(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(OCTET_CASES "/" + folder))
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    line = line.substr(0, line.find('#'));
    line.erase(line.find_last_not_of(" \t") + 1);
    if (!line.empty()) lines.insert(line);
  }
  return lines;
}

}  // namespace octet::tests
