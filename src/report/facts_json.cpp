#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "diagnose/findings.hpp"
#include "octet/version.hpp"
#include "report/facts_json.hpp"

namespace octet::report {
namespace {

/// Six digits are enough for people, and make a page small.
Json rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return number(std::strtod(text, nullptr));
}

void put(Json& json, const char* key, const std::optional<double>& value) {
  if (value) json[key] = rounded(*value);
}

/// What the user calls a layer; the value's name where a module has several.
std::vector<std::string> names_of(const std::vector<LayerFacts>& layers) {
  std::map<std::string, std::size_t> count;
  for (const LayerFacts& layer : layers) ++count[diagnose::name_of(layer)];
  std::vector<std::string> names;
  for (const LayerFacts& layer : layers) {
    const std::string name = diagnose::name_of(layer);
    const std::string& value =
        layer.source.value_name.empty() ? layer.node : layer.source.value_name;
    names.push_back(count[name] > 1 && value != name ? name + " (" + value + ")" : name);
  }
  return names;
}

Json json_of(const LayerFacts& layer, const std::string& name) {
  Json json{{"node", layer.node}, {"name", name}};
  report::put(json, "value", layer.source.value_name);
  report::put(json, "module", layer.source.module_path);
  report::put(json, "module_class", layer.source.module_class);
  report::put(json, "op", layer.source.op_type);
  report::put(json, "source", layer.source.source_line);
  json["type"] = layer.type;
  json["asked"] = layer.asked;
  json["reason"] = layer.reason;
  report::put(json, "ran", layer.ran);
  report::put(json, "kernel", layer.kernel);
  report::put(json, "within", layer.within);
  put(json, "sqnr_in_db", layer.sqnr_in);
  put(json, "sqnr_out_db", layer.sqnr_out);
  put(json, "sqnr_born_db", layer.sqnr_born);
  put(json, "born_share", layer.born_share);
  put(json, "clipped", layer.clipped);
  put(json, "channel_ratio", layer.channel_ratio);
  put(json, "fp32_ms", layer.fp32_ms);
  put(json, "int8_ms", layer.int8_ms);
  json["inputs"] = layer.inputs;
  return json;
}

Json json_of(const TensorFacts& tensor) {
  return {{"quantizer", tensor.quantizer},
          {"tensor", tensor.tensor},
          {"layers", tensor.layers},
          {"levels", tensor.levels},
          {"ranges", tensor.ranges},
          {"scale", rounded(tensor.scale)},
          {"zero_point", rounded(tensor.zero_point)},
          {"low", rounded(tensor.low)},
          {"high", rounded(tensor.high)},
          {"smallest", rounded(tensor.smallest)},
          {"largest", rounded(tensor.largest)},
          {"values", tensor.values},
          {"clipped", rounded(tensor.clipped)},
          {"first", rounded(tensor.first)},
          {"last", rounded(tensor.last)},
          {"counts", tensor.counts}};
}

Json json_of(const WeightFacts& weight) {
  Json json{{"layer", weight.layer},
            {"constant", weight.constant},
            {"type", weight.type},
            {"channels", weight.channels},
            {"scales", weight.scales},
            {"dead", weight.dead},
            {"narrowest", rounded(weight.narrowest)},
            {"widest", rounded(weight.widest)},
            {"ratio", rounded(weight.ratio)},
            {"quantiles", Json::array()}};
  for (const double value : weight.quantiles) json["quantiles"].push_back(rounded(value));
  return json;
}

const char* word_of(Finding::Level level) {
  switch (level) {
    case Finding::Level::good:
      return "good";
    case Finding::Level::note:
      return "note";
    case Finding::Level::warning:
      return "warning";
  }
  return "";
}

Json json_of(const Finding& finding) {
  Json json{{"level", word_of(finding.level)}, {"text", finding.text}};
  if (!finding.layers.empty()) json["layers"] = finding.layers;
  report::put(json, "remedy", finding.remedy);
  if (finding.gain_from_db && finding.gain_to_db)
    json["gain"] = {{"from_db", rounded(*finding.gain_from_db)},
                    {"to_db", rounded(*finding.gain_to_db)}};
  return json;
}

Json json_of(const ModelFacts& model) {
  Json json;
  report::put(json, "file", model.origin);
  if (model.file_bytes != 0) json["file_bytes"] = model.file_bytes;
  json["constant_bytes"] = model.constant_bytes;
  if (model.median_ms > 0) {
    json["median_ms"] = rounded(model.median_ms);
    json["p10_ms"] = rounded(model.p10_ms);
    json["p90_ms"] = rounded(model.p90_ms);
    json["throughput"] = rounded(model.throughput);
  }
  json["kinds"] = model.kinds;
  return json;
}

}  // namespace

Json json_of(const Facts& facts) {
  Json json{{"schema_version", 1}, {"octet_version", version()}};
  json["verdict"] = json_of(facts.verdict);
  json["reference"] = json_of(facts.reference);
  json["quantized"] = json_of(facts.quantized);
  if (facts.reference.median_ms > 0 && facts.quantized.median_ms > 0)
    json["times_as_fast"] = rounded(facts.reference.median_ms / facts.quantized.median_ms);
  json["measured"] = {{"device", facts.device}, {"precision", facts.precision}};
  json["counts"] = {{"int8", facts.int8},
                    {"ran_int8", facts.ran_int8},
                    {"float", facts.layers.size() - facts.int8}};
  json["findings"] = Json::array();
  for (const Finding& finding : facts.findings) json["findings"].push_back(json_of(finding));
  json["inputs"] = facts.inputs;
  json["outputs"] = Json::array();
  for (const auto& [name, layer] : facts.outputs) {
    Json output{{"name", name}};
    if (layer >= 0) output["layer"] = layer;
    json["outputs"].push_back(std::move(output));
  }
  const std::vector<std::string> names = names_of(facts.layers);
  json["layers"] = Json::array();
  for (std::size_t i = 0; i < facts.layers.size(); ++i)
    json["layers"].push_back(json_of(facts.layers[i], names[i]));
  json["activations"] = Json::array();
  for (const TensorFacts& tensor : facts.tensors) json["activations"].push_back(json_of(tensor));
  json["weights"] = Json::array();
  for (const WeightFacts& weight : facts.weights) json["weights"].push_back(json_of(weight));
  json["settings"] = facts.settings;
  json["diagnostics"] = json_of(facts.diagnostics);
  return json;
}

std::string facts_json(const Facts& facts) {
  return dump(json_of(facts));
}

}  // namespace octet::report
