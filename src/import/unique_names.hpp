#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include <openvino/core/model.hpp>

namespace octet::importer {

/// Hands out names, each once: `relu`, `relu_2`, `relu_3`.
class UniqueNames {
 public:
  std::string take(const std::string& wanted);

 private:
  std::unordered_set<std::string> used_;
  std::unordered_map<std::string, std::size_t> next_;
};

/// Gives every node a name of its own, keeping the first of equal ones.
void make_names_unique(ov::Model& graph);

}  // namespace octet::importer
