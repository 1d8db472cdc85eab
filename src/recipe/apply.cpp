#include "recipe/apply.hpp"

#include "recipe/workspace.hpp"

namespace octet {
namespace recipe {

Model apply_edits(const Model& model, const std::vector<Edit>& edits) {
  Workspace workspace(model);
  for (const Edit& edit : edits)
    std::visit([&](const auto& kind) { apply_edit(workspace, kind); }, edit);
  return workspace.finish();
}

Model replay(const Model& model, const Recipe& recipe) {
  Model result = apply_edits(model, recipe.edits);
  // What made the model travels with it.
  const auto note = [&](const std::string& key, const std::string& value) {
    result.graph->set_rt_info(value, "octet", key);
  };
  note("octet_version", recipe.octet_version);
  note("openvino_version", recipe.openvino_version);
  note("model_fingerprint", recipe.model_fingerprint);
  for (const auto& [key, value] : recipe.provenance)
    result.graph->set_rt_info(value, "octet", "provenance", key);
  return result;
}

}  // namespace recipe

Model apply(const Model& model, const Recipe& recipe) {
  const std::string found = fingerprint(model);
  if (found != recipe.model_fingerprint)
    throw Error(ErrorCode::recipe_mismatch, "recipe",
                model.origin.empty() ? "" : "file '" + model.origin + "'",
                "the recipe was made for another model (fingerprint " + recipe.model_fingerprint +
                    ", this model's is " + found + ")",
                "Apply the recipe to the model that it was made for, or quantize this one");
  return recipe::replay(model, recipe);
}

}  // namespace octet
