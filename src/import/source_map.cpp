#include <nlohmann/json.hpp>

#include "import/source_text.hpp"
#include "octet/model.hpp"

namespace octet {
namespace importer {

std::string short_source_line(const std::string& source_line) {
  const std::size_t slash = source_line.find_last_of("/\\");
  return slash == std::string::npos ? source_line : source_line.substr(slash + 1);
}

std::string describe_source(const SourceInfo& info) {
  std::string text = "'" + (info.module_path.empty() ? info.value_name : info.module_path) + "'";
  if (!info.source_line.empty()) text += " (" + short_source_line(info.source_line) + ")";
  return text;
}

}  // namespace importer

namespace {

struct Field {
  const char* key;
  std::string SourceInfo::*member;
};

/// The names that a saved model carries: part of its format.
constexpr Field fields[] = {
    {"value", &SourceInfo::value_name},          {"module", &SourceInfo::module_path},
    {"module_class", &SourceInfo::module_class}, {"op", &SourceInfo::op_type},
    {"line", &SourceInfo::source_line},
};

[[noreturn]] void fail(const std::string& problem) {
  throw Error(ErrorCode::corrupt_program, "import", "", "the table of sources " + problem,
              "Save the model again with this version of Octet");
}

}  // namespace

void SourceMap::set(const std::string& friendly_name, SourceInfo info) {
  entries_.insert_or_assign(friendly_name, std::move(info));
}

const SourceInfo* SourceMap::find(const std::string& friendly_name) const {
  const auto found = entries_.find(friendly_name);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string SourceMap::describe(const std::string& friendly_name) const {
  const SourceInfo* info = find(friendly_name);
  if (!info || (info->module_path.empty() && info->value_name.empty()))
    return "node '" + friendly_name + "'";
  return "node " + importer::describe_source(*info);
}

std::string SourceMap::to_json() const {
  auto json = nlohmann::json::object();
  for (const auto& [name, info] : entries_) {
    auto row = nlohmann::json::object();
    for (const Field& field : fields)
      if (!(info.*field.member).empty()) row[field.key] = info.*field.member;
    json[name] = std::move(row);
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

SourceMap SourceMap::from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) fail("is not a JSON object");
  SourceMap map;
  for (const auto& [name, row] : json.items()) {
    if (!row.is_object()) fail("has an entry for '" + name + "' that is not an object");
    SourceInfo info;
    for (const Field& field : fields) {
      const auto found = row.find(field.key);
      if (found == row.end()) continue;
      if (!found->is_string()) fail("has an entry for '" + name + "' that is not text");
      info.*field.member = found->get<std::string>();
    }
    map.set(name, std::move(info));
  }
  return map;
}

}  // namespace octet
