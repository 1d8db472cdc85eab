#include "octet/report.hpp"
#include "report/json.hpp"

namespace octet::report {
namespace {

/// The module path where there is one, as users name layers.
std::string name_of(const Model& model, const std::string& node) {
  const SourceInfo* source = model.sources.find(node);
  return source && !source->module_path.empty() ? source->module_path : node;
}

std::string list(const Model& model, const std::vector<std::string>& nodes) {
  std::string text;
  std::string last;
  for (const std::string& node : nodes) {
    const std::string name = name_of(model, node);
    if (name != last) text += "    " + name + "\n";
    last = name;
  }
  return text;
}

std::string count(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

std::string preview_text(const Model& model, const Preview& preview) {
  std::string text;
  for (const RulePreview& rule : preview.rules) {
    text += rule.rule + ": covers " + count(rule.nodes.size(), "node") + ", keeps " +
            count(rule.layers.size(), "layer") + " in floating point\n" + list(model, rule.layers);
    if (!rule.problem.empty()) text += "  " + rule.problem + ". " + rule.remedy + "\n";
  }
  if (!preview.also.empty())
    text += "also in floating point, since they are connected to these: " +
            count(preview.also.size(), "layer") + "\n" + list(model, preview.also);
  return text;
}

std::string preview_json(const Preview& preview) {
  Json json{{"rules", Json::array()}, {"also", preview.also}};
  for (const RulePreview& rule : preview.rules) {
    Json row{{"rule", rule.rule}, {"nodes", rule.nodes}, {"layers", rule.layers}};
    if (!rule.problem.empty()) {
      row["problem"] = rule.problem;
      row["remedy"] = rule.remedy;
    }
    json["rules"].push_back(std::move(row));
  }
  return dump(json);
}

}  // namespace octet::report
