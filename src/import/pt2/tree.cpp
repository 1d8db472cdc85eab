#include "import/pt2/tree.hpp"

namespace octet::importer::pt2 {
namespace {

/// Names of the children, where the container's context gives as many. torch writes the context as
/// JSON inside of the JSON: a list of keys, or an object that holds one.
std::vector<std::string> child_names(const View& node, std::size_t count) {
  std::vector<std::string> names;
  const nlohmann::json* keys = nullptr;
  nlohmann::json context;
  if (node.has("context")) {
    const auto& given = node.at("context").json();
    context =
        given.is_string() ? nlohmann::json::parse(given.get<std::string>(), nullptr, false) : given;
    const auto search = [&](const auto& self, const nlohmann::json& json, int depth) -> void {
      if (keys || depth > 4 || !(json.is_array() || json.is_object())) return;
      bool all_text = json.is_array() && json.size() == count && count > 0;
      for (const auto& item : json) all_text = all_text && item.is_string();
      if (all_text) {
        keys = &json;
        return;
      }
      for (const auto& item : json) self(self, item, depth + 1);
    };
    search(search, context, 0);
  }
  for (std::size_t i = 0; i < count; ++i)
    names.push_back(keys ? (*keys)[i].get<std::string>() : std::to_string(i));
  return names;
}

void collect(const View& node, const std::string& path, std::vector<std::string>& paths) {
  if (!node.json().is_object()) node.fail("it is no tree");
  if (!node.has("type")) {
    paths.push_back(path);
    return;
  }
  const View children = node.at("children_spec");
  const auto names = child_names(node, children.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    collect(children.item(i), path.empty() ? names[i] : path + "." + names[i], paths);
}

}  // namespace

std::vector<std::string> leaf_paths(const View& tree_spec) {
  std::vector<std::string> paths;
  // `[version, tree]`
  collect(tree_spec.item(1), "", paths);
  return paths;
}

}  // namespace octet::importer::pt2
