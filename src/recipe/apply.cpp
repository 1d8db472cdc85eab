#include "recipe/apply.hpp"

#include "recipe/json_reader.hpp"
#include "recipe/workspace.hpp"

namespace octet {
namespace recipe {
namespace {

/// Key, in a quantized model's `rt_info` under "octet".
constexpr const char* structure_key = "structure";

}  // namespace

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
  Recipe structure{
      recipe.octet_version, recipe.openvino_version, "", {}, structural_edits(recipe.edits)};
  if (!structure.edits.empty())
    note(structure_key, dump(parse(to_json(structure), "the recipe"), -1));
  return result;
}

std::vector<Edit> structural_edits(const std::vector<Edit>& edits) {
  std::vector<Edit> structural;
  for (const Edit& edit : edits)
    if (std::holds_alternative<FoldBatchNorm>(edit) || std::holds_alternative<ScaleChannels>(edit))
      structural.push_back(edit);
  return structural;
}

bool has_structure(const ov::Model& quantized) {
  return quantized.has_rt_info("octet", structure_key);
}

Model with_structure_of(const Model& model, const ov::Model& quantized) {
  if (!has_structure(quantized)) return model;
  const auto text = quantized.get_rt_info<std::string>("octet", structure_key);
  return apply_edits(model,
                     recipe_from_json(text, "the quantized model's note on its structure").edits);
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
