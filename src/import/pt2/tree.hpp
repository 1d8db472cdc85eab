#pragma once

#include <string>
#include <vector>

#include "import/pt2/json.hpp"

namespace octet::importer::pt2 {

/// Path of every leaf of a pytree (`logits`, `0`, `hidden_states.3`), in order. The path of a lone
/// leaf is empty. Containers of unknown classes count their children.
std::vector<std::string> leaf_paths(const View& tree_spec);

}  // namespace octet::importer::pt2
