#include <algorithm>
#include <variant>

#include "octet/recipe.hpp"
#include "recipe/json_reader.hpp"

namespace octet {
namespace {

using recipe::Json;
using recipe::JsonReader;

Json to_json(const TensorRef& tensor) {
  return {{"node", tensor.node}, {"output", tensor.output}};
}
Json to_json(const UseRef& use) {
  return {{"node", use.node}, {"input", use.input}};
}

Json uses_json(const std::vector<UseRef>& uses) {
  Json json = Json::array();
  for (const UseRef& use : uses) json.push_back(to_json(use));
  return json;
}

Json to_json(const QuantizerSpec& spec) {
  Json json = {{"bits", spec.bits},
               {"mode", spec.mode == QuantizationMode::symmetric ? "symmetric" : "asymmetric"},
               {"per_channel", spec.per_channel},
               {"narrow_range", spec.narrow_range}};
  if (spec.signedness_to_force) json["signedness_to_force"] = *spec.signedness_to_force;
  return json;
}

Json to_json(const QuantizationRange& range) {
  return {{"low", range.low}, {"high", range.high}, {"levels", range.levels}};
}

Json to_json(const FoldBatchNorm& edit) {
  return {{"edit", "fold_batch_norm"}, {"node", edit.node}, {"into", edit.into}};
}

Json to_json(const ScaleChannels& edit) {
  return {{"edit", "scale_channels"},     {"name", edit.name}, {"tensor", to_json(edit.tensor)},
          {"uses", uses_json(edit.uses)}, {"axis", edit.axis}, {"scale", edit.scale}};
}

Json to_json(const QuantizeActivation& edit) {
  Json json = {{"edit", "quantize_activation"},
               {"name", edit.name},
               {"tensor", to_json(edit.tensor)},
               {"uses", uses_json(edit.uses)},
               {"spec", to_json(edit.spec)}};
  if (edit.axis) json["axis"] = *edit.axis;
  if (edit.group) json["group"] = *edit.group;
  json["range"] = to_json(edit.range);
  return json;
}

Json to_json(const QuantizeWeight& edit) {
  return {{"edit", "quantize_weight"},   {"name", edit.name},          {"use", to_json(edit.use)},
          {"constant", edit.constant},   {"spec", to_json(edit.spec)}, {"axes", edit.axes},
          {"range", to_json(edit.range)}};
}

Json to_json(const ShiftBias& edit) {
  return {{"edit", "shift_bias"}, {"node", edit.node}, {"shift", edit.shift}};
}

TensorRef read_tensor(JsonReader reader) {
  TensorRef tensor{reader.get("node").text(), reader.get("output").size()};
  reader.finish();
  return tensor;
}

UseRef read_use(JsonReader reader) {
  UseRef use{reader.get("node").text(), reader.get("input").size()};
  reader.finish();
  return use;
}

std::vector<UseRef> read_uses(const JsonReader& reader) {
  std::vector<UseRef> uses;
  for (std::size_t i = 0; i < reader.length(); ++i) uses.push_back(read_use(reader.at(i)));
  if (uses.empty()) reader.fail("it is empty");
  return uses;
}

QuantizerSpec read_spec(JsonReader reader) {
  QuantizerSpec spec;
  spec.bits = static_cast<int>(reader.get("bits").size());
  if (spec.bits != 8) reader.get("bits").fail("only 8 bits are supported");
  spec.mode = reader.get("mode").word({"symmetric", "asymmetric"}) == 0
                  ? QuantizationMode::symmetric
                  : QuantizationMode::asymmetric;
  spec.per_channel = reader.get("per_channel").flag();
  spec.narrow_range = reader.get("narrow_range").flag();
  if (reader.has("signedness_to_force"))
    spec.signedness_to_force = reader.get("signedness_to_force").flag();
  reader.finish();
  return spec;
}

QuantizationRange read_range(JsonReader reader) {
  QuantizationRange range{reader.get("low").floats(), reader.get("high").floats(),
                          reader.get("levels").size()};
  if (range.levels != 255 && range.levels != 256)
    reader.get("levels").fail("8 bits have 255 or 256 levels");
  if (range.low.empty()) reader.get("low").fail("it is empty");
  if (range.low.size() != range.high.size()) reader.get("high").fail("it is not as long as 'low'");
  for (std::size_t i = 0; i < range.low.size(); ++i)
    if (!(range.low[i] < range.high[i] && range.low[i] <= 0 && range.high[i] >= 0))
      reader.get("low").at(i).fail("a range runs from low <= 0 to a larger high >= 0");
  reader.finish();
  return range;
}

Edit read_fold_batch_norm(JsonReader& reader) {
  return FoldBatchNorm{reader.get("node").text(), reader.get("into").text()};
}

Edit read_scale_channels(JsonReader& reader) {
  ScaleChannels edit;
  edit.name = reader.get("name").text();
  edit.tensor = read_tensor(reader.get("tensor"));
  edit.uses = read_uses(reader.get("uses"));
  edit.axis = reader.get("axis").size();
  edit.scale = reader.get("scale").floats();
  for (std::size_t i = 0; i < edit.scale.size(); ++i)
    if (!(edit.scale[i] > 0)) reader.get("scale").at(i).fail("a scale is positive");
  return edit;
}

Edit read_quantize_activation(JsonReader& reader) {
  QuantizeActivation edit;
  edit.name = reader.get("name").text();
  edit.tensor = read_tensor(reader.get("tensor"));
  edit.uses = read_uses(reader.get("uses"));
  edit.spec = read_spec(reader.get("spec"));
  if (reader.has("axis")) edit.axis = reader.get("axis").size();
  if (reader.has("group")) edit.group = reader.get("group").size();
  edit.range = read_range(reader.get("range"));
  return edit;
}

Edit read_quantize_weight(JsonReader& reader) {
  QuantizeWeight edit;
  edit.name = reader.get("name").text();
  edit.use = read_use(reader.get("use"));
  edit.constant = reader.get("constant").text();
  edit.spec = read_spec(reader.get("spec"));
  const JsonReader axes = reader.get("axes");
  for (std::size_t i = 0; i < axes.length(); ++i) {
    edit.axes.push_back(axes.at(i).size());
    if (i > 0 && edit.axes[i] <= edit.axes[i - 1]) axes.at(i).fail("axes are in ascending order");
  }
  edit.range = read_range(reader.get("range"));
  return edit;
}

Edit read_shift_bias(JsonReader& reader) {
  return ShiftBias{reader.get("node").text(), reader.get("shift").floats()};
}

bool is_name(const std::string& key) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return !key.empty() && is_letter(key[0]) &&
         std::all_of(key.begin(), key.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

struct Row {
  const char* name;
  Edit (*read)(JsonReader&);
};
constexpr Row edit_kinds[] = {
    {"fold_batch_norm", read_fold_batch_norm},
    {"scale_channels", read_scale_channels},
    {"quantize_activation", read_quantize_activation},
    {"quantize_weight", read_quantize_weight},
    {"shift_bias", read_shift_bias},
};

Edit read_edit(JsonReader reader) {
  std::vector<std::string> names;
  for (const Row& row : edit_kinds) names.emplace_back(row.name);
  Edit edit = edit_kinds[reader.get("edit").word(names)].read(reader);
  reader.finish();
  return edit;
}

}  // namespace

std::string to_json(const Recipe& recipe) {
  // An edit a line: short enough to read, and two recipes compare line by line.
  Json head = {{"schema_version", Recipe::schema_version},
               {"octet_version", recipe.octet_version},
               {"openvino_version", recipe.openvino_version},
               {"model_fingerprint", recipe.model_fingerprint},
               {"provenance", Json::object()}};
  for (const auto& [key, value] : recipe.provenance) head["provenance"][key] = value;
  std::string text = recipe::dump(head, 1);
  text.resize(text.size() - 2);  // the closing "\n}"
  text += ",\n \"edits\": [";
  for (std::size_t i = 0; i < recipe.edits.size(); ++i) {
    text += i == 0 ? "\n  " : ",\n  ";
    text += recipe::dump(
        std::visit([](const auto& edit) { return to_json(edit); }, recipe.edits[i]), -1);
  }
  text += recipe.edits.empty() ? "]\n}\n" : "\n ]\n}\n";
  return text;
}

Recipe recipe_from_json(const std::string& text, const std::string& origin) {
  const Json document = recipe::parse(text, origin);
  JsonReader reader(document, origin);
  const std::size_t version = reader.get("schema_version").size();
  if (version != static_cast<std::size_t>(Recipe::schema_version))
    reader.get("schema_version")
        .fail("the recipe is of schema " + std::to_string(version) + ", and this version reads " +
              std::to_string(Recipe::schema_version));
  Recipe recipe;
  recipe.octet_version = reader.get("octet_version").text();
  recipe.openvino_version = reader.get("openvino_version").text();
  recipe.model_fingerprint = reader.get("model_fingerprint").text();
  JsonReader provenance = reader.get("provenance");
  for (const std::string& key : provenance.keys()) {
    // The keys become names of XML elements in a saved model.
    if (!is_name(key))
      provenance.fail("key '" + key + "' is not a word of letters, digits, . and _");
    recipe.provenance[key] = provenance.get(key).text();
  }
  const JsonReader edits = reader.get("edits");
  for (std::size_t i = 0; i < edits.length(); ++i) recipe.edits.push_back(read_edit(edits.at(i)));
  reader.finish();
  return recipe;
}

}  // namespace octet
