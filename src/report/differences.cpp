#include <algorithm>
#include <cmath>

#include "octet/report.hpp"
#include "report/json.hpp"
#include "report/number.hpp"
#include "report/table.hpp"

namespace octet::report {
namespace {

using Align = Table::Align;
constexpr std::size_t most_rows = 20;
/// In decibels: above it is the rounding of f32, where a plugin adds in another order.
constexpr double rounding = 120;

std::string decibels(double value) {
  return std::isinf(value) && value > 0 ? "equal" : number(value, 1);
}

std::string changed_scale(const QuantizerChange& change) {
  if (change.kind != QuantizerChange::Kind::moved) return "-";
  return std::isinf(change.scale_change) ? "inf" : short_number(100 * change.scale_change) + " %";
}

std::string more(std::size_t count, const char* what) {
  return count <= most_rows
             ? ""
             : "and " + std::to_string(count - most_rows) + " more " + what + " (--json has all)\n";
}

std::string quantizers_text(const std::vector<QuantizerChange>& quantizers) {
  if (quantizers.empty()) return "quantizers: no difference\n";
  std::map<QuantizerChange::Kind, std::size_t> counts;
  for (const QuantizerChange& change : quantizers) ++counts[change.kind];
  std::string text = "quantizers:";
  for (const auto& [kind, count] : counts)
    text += " " + std::to_string(count) + " " + word_of(kind);
  Table table({{"quantizer"},
               {"of"},
               {""},
               {"scale moved", Align::right},
               {"zero point moved", Align::right},
               {"besides"}});
  for (std::size_t i = 0; i < std::min(quantizers.size(), most_rows); ++i) {
    const QuantizerChange& change = quantizers[i];
    const bool is_moved = change.kind == QuantizerChange::Kind::moved;
    table.add({change.quantizer.name, word_of(change.quantizer.kind), word_of(change.kind),
               changed_scale(change), is_moved ? short_number(change.zero_point_change) : "-",
               change.otherwise});
  }
  return text + "\n" + table.text() + more(quantizers.size(), "quantizers");
}

std::string settings_text(const std::vector<SettingChange>& settings) {
  if (settings.empty()) return "";
  Table table({{"setting"}, {"first"}, {"second"}});
  for (const SettingChange& setting : settings)
    table.add({setting.key, setting.before.empty() ? "-" : setting.before,
               setting.after.empty() ? "-" : setting.after});
  return "\n" + table.text();
}

std::string layers_text(const std::vector<LayerError>& layers) {
  std::vector<LayerError> worst;
  for (const LayerError& layer : layers)
    if (!(layer.sqnr_db > rounding)) worst.push_back(layer);
  if (worst.empty())
    return "layers: no difference in " + std::to_string(layers.size()) + " that both have\n";
  const std::string first = worst.front().node;
  std::ranges::stable_sort(worst, {}, &LayerError::sqnr_db);
  Table table({{"layer"}, {"SQNR (dB)", Align::right}});
  for (std::size_t i = 0; i < std::min(worst.size(), most_rows); ++i)
    table.add({worst[i].node, decibels(worst[i].sqnr_db)});
  return "layers: " + std::to_string(worst.size()) + " of " + std::to_string(layers.size()) +
         " differ, '" + first + "' is the first\n" + table.text() + more(worst.size(), "layers");
}

Json json_of(const std::vector<QuantizerChange>& quantizers) {
  Json list = Json::array();
  for (const QuantizerChange& change : quantizers) {
    Json row{{"name", change.quantizer.name},
             {"of", word_of(change.quantizer.kind)},
             {"tensor", change.quantizer.tensor},
             {"layers", change.quantizer.layers},
             {"change", word_of(change.kind)}};
    if (change.kind == QuantizerChange::Kind::moved) {
      row["scale_change"] = number(change.scale_change);
      row["zero_point_change"] = number(change.zero_point_change);
    }
    put(row, "otherwise", change.otherwise);
    list.push_back(std::move(row));
  }
  return list;
}

Json json_of(const std::vector<SettingChange>& settings) {
  Json list = Json::array();
  for (const SettingChange& setting : settings)
    list.push_back({{"key", setting.key}, {"first", setting.before}, {"second", setting.after}});
  return list;
}

}  // namespace

std::string differences_text(const ModelDifferences& differences) {
  return comparison_text(differences.comparison) + "\n" + layers_text(differences.layers) + "\n" +
         quantizers_text(differences.quantizers) + settings_text(differences.settings);
}

std::string differences_json(const ModelDifferences& differences) {
  Json json = json_of(differences.comparison);
  json["layers"] = Json::array();
  for (const LayerError& layer : differences.layers)
    json["layers"].push_back({{"node", layer.node}, {"sqnr_db", number(layer.sqnr_db)}});
  json["quantizers"] = json_of(differences.quantizers);
  json["settings"] = json_of(differences.settings);
  return dump(json);
}

std::string differences_text(const RecipeDifferences& differences) {
  std::string text = quantizers_text(differences.quantizers);
  if (!differences.edits.empty()) {
    Table table({{"edit"}, {"at"}, {""}, {"largest change", Align::right}});
    for (const EditChange& edit : differences.edits)
      table.add({edit.edit, edit.node, word_of(edit.kind),
                 edit.kind == QuantizerChange::Kind::moved ? short_number(edit.change) : "-"});
    text += "\n" + table.text();
  }
  return text + settings_text(differences.settings);
}

std::string differences_json(const RecipeDifferences& differences) {
  Json json{{"quantizers", json_of(differences.quantizers)}, {"edits", Json::array()}};
  for (const EditChange& edit : differences.edits) {
    Json row{{"edit", edit.edit}, {"node", edit.node}, {"change", word_of(edit.kind)}};
    if (edit.kind == QuantizerChange::Kind::moved) row["largest"] = number(edit.change);
    json["edits"].push_back(std::move(row));
  }
  json["settings"] = json_of(differences.settings);
  return dump(json);
}

std::string verification_text(const Verification& verification) {
  const auto word = [](bool is_equal) { return is_equal ? "equal" : "other"; };
  Table table({{""}, {""}, {""}});
  table.add({"data", word(verification.recorded_data == verification.found_data),
             verification.recorded_data + ", found " + verification.found_data});
  if (!verification.found_model.empty())
    table.add({"model", word(verification.recorded_model == verification.found_model),
               verification.recorded_model + ", found " + verification.found_model});
  if (verification.is_same_result)
    table.add({"made again", word(*verification.is_same_result), ""});
  std::string text = table.text();
  if (!verification.is_same_result.value_or(true)) text += quantizers_text(verification.quantizers);
  for (const std::string& note : verification.notes) text += "note: " + note + "\n";
  return text;
}

std::string verification_json(const Verification& verification) {
  Json json{
      {"equal", verification.is_equal()},
      {"data", {{"recorded", verification.recorded_data}, {"found", verification.found_data}}}};
  if (!verification.found_model.empty())
    json["model"] = {{"recorded", verification.recorded_model},
                     {"found", verification.found_model}};
  if (verification.is_same_result) json["same_result"] = *verification.is_same_result;
  json["quantizers"] = json_of(verification.quantizers);
  json["notes"] = verification.notes;
  return dump(json);
}

}  // namespace octet::report
