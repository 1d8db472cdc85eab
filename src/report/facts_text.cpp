#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "diagnose/findings.hpp"
#include "octet/report.hpp"
#include "report/number.hpp"
#include "report/table.hpp"

namespace octet::report {
namespace {

using Align = Table::Align;
constexpr std::size_t most_layers = 10;

std::string cell(const std::optional<double>& value, int digits, double factor = 1) {
  if (!value) return "-";
  return std::isinf(*value) ? "equal" : number(factor * *value, digits);
}

std::string bytes_of(const ModelFacts& model) {
  return core::format_bytes(model.file_bytes != 0 ? model.file_bytes : model.constant_bytes);
}

std::string layers_table(const Facts& facts) {
  Table table({{"layers with the most error of their own"},
               {"type"},
               {"ran in"},
               {"in (dB)", Align::right},
               {"out (dB)", Align::right},
               {"born (dB)", Align::right},
               {"clipped", Align::right}});
  for (const std::string& node : diagnose::worst_layers(facts, most_layers)) {
    const LayerFacts& layer = *std::ranges::find(facts.layers, node, &LayerFacts::node);
    table.add({diagnose::name_of(layer), layer.type, layer.ran.empty() ? "-" : layer.ran,
               cell(layer.sqnr_in, 1), cell(layer.sqnr_out, 1), cell(layer.sqnr_born, 1),
               layer.clipped ? cell(layer.clipped, 2, 100) + " %" : "-"});
  }
  return table.text();
}

}  // namespace

std::string facts_text(const Facts& facts) {
  Table table({{""}, {""}});
  table.add({"accuracy", to_string(facts.verdict)});
  table.add({"size", bytes_of(facts.reference) + " -> " + bytes_of(facts.quantized)});
  if (facts.reference.median_ms > 0 && facts.quantized.median_ms > 0)
    table.add({"latency", number(facts.reference.median_ms, 2) + " ms in " + facts.precision +
                              " -> " + number(facts.quantized.median_ms, 2) + " ms (" +
                              number(facts.reference.median_ms / facts.quantized.median_ms, 2) +
                              "x)"});
  table.add({"layers", std::to_string(facts.int8) + " of " + std::to_string(facts.layers.size()) +
                           " asked in int8, " + std::to_string(facts.ran_int8) +
                           " of them ran in it"});
  std::string text = table.text();
  for (std::size_t i = 1; i < facts.findings.size(); ++i) {
    const Finding& finding = facts.findings[i];
    text += "\n" + finding.text + "\n";
    if (finding.remedy.empty()) continue;
    text += "  " + finding.remedy;
    if (finding.gain_from_db && finding.gain_to_db)
      text += ": " + diagnose::decibels(*finding.gain_from_db) + " -> " +
              diagnose::decibels(*finding.gain_to_db) + " on the same samples";
    text += "\n";
  }
  return text + "\n" + layers_table(facts);
}

}  // namespace octet::report
