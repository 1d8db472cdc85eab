#include "report/json.hpp"

#include <cmath>

namespace octet::report {

void put(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

namespace {

Json json_of(const ExecutedLayer& layer) {
  return {{"name", layer.name},     {"originals", layer.originals},
          {"type", layer.type},     {"precision", layer.precision},
          {"kernel", layer.kernel}, {"ms", number(layer.milliseconds)}};
}

Json json_of(const NamedBenchmark& benchmark) {
  const BenchmarkResult& result = benchmark.result;
  Json json{{"model", benchmark.name},
            {"median_ms", number(result.median_ms)},
            {"p10_ms", number(result.p10_ms)},
            {"p90_ms", number(result.p90_ms)},
            {"throughput", number(result.throughput)},
            {"iterations", result.iterations},
            {"compile_ms", number(result.compile_ms)}};
  json["kinds"] = Json::array();
  for (const KindSummary& kind : precisions_by_kind(result.layers))
    json["kinds"].push_back(
        {{"type", kind.type}, {"precisions", kind.precisions}, {"ms", number(kind.milliseconds)}});
  json["layers"] = Json::array();
  for (const ExecutedLayer& layer : result.layers) json["layers"].push_back(json_of(layer));
  return json;
}

}  // namespace

Json json_of(const std::vector<OutputDifference>& outputs) {
  Json list = Json::array();
  for (const OutputDifference& output : outputs) {
    Json row{{"name", output.name},
             {"cosine", number(output.cosine)},
             {"sqnr_db", number(output.sqnr_db)},
             {"max_error", number(output.max_error)}};
    if (output.top1_agreement) row["top1_agreement"] = *output.top1_agreement;
    list.push_back(std::move(row));
  }
  return list;
}

Json json_of(const Comparison& comparison) {
  return {{"samples", comparison.samples}, {"outputs", json_of(comparison.outputs)}};
}

Json json_of(const Verdict& verdict) {
  Json json{{"level", word_of(verdict.level)},
            {"text", to_string(verdict)},
            {"samples", verdict.samples},
            {"outputs", json_of(verdict.outputs)}};
  json["layers"] = Json::array();
  for (const LayerError& layer : verdict.layers)
    json["layers"].push_back({{"node", layer.node}, {"sqnr_db", number(layer.sqnr_db)}});
  if (!verdict.remedy.empty())
    json["remedy"] = {{"options", verdict.remedy}, {"sqnr_db", number(verdict.remedy_sqnr_db)}};
  return json;
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json counts_of(const std::vector<LayerDecision>& layers) {
  std::size_t int8 = 0;
  for (const LayerDecision& layer : layers) int8 += layer.precision == "int8";
  return {{"int8", int8}, {"float", layers.size() - int8}};
}

Json json_of(const Model& model, const std::vector<LayerDecision>& layers) {
  Json list = Json::array();
  for (const LayerDecision& layer : layers) {
    Json json{{"node", layer.node}};
    if (const SourceInfo* source = model.sources.find(layer.node)) {
      put(json, "value", source->value_name);
      put(json, "module", source->module_path);
      put(json, "module_class", source->module_class);
      put(json, "op", source->op_type);
      put(json, "source", source->source_line);
    }
    json["type"] = layer.type;
    json["precision"] = layer.precision;
    json["reason"] = layer.reason;
    list.push_back(std::move(json));
  }
  return list;
}

Json json_of(const std::vector<Diagnostic>& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool is_note = diagnostic.severity == Diagnostic::Severity::note;
    Json json{{"severity", is_note ? "note" : "warning"},
              {"stage", diagnostic.stage},
              {"code", diagnostic.code}};
    put(json, "where", diagnostic.where);
    json["message"] = diagnostic.message;
    put(json, "remedy", diagnostic.remedy);
    list.push_back(std::move(json));
  }
  return list;
}

std::string layers_json(const Model& model, const std::vector<LayerDecision>& layers) {
  return dump({{"format", model.format},
               {"counts", counts_of(layers)},
               {"layers", json_of(model, layers)}});
}

std::string quantize_json(const QuantizeResult& result, const Files& files) {
  Json json;
  put(json, "model", files.model);
  put(json, "output", files.output);
  put(json, "recipe", files.recipe);
  if (files.model_bytes != 0) json["model_bytes"] = files.model_bytes;
  if (files.output_bytes != 0) json["output_bytes"] = files.output_bytes;
  json["samples"] = result.samples;
  json["seconds"] = result.stage_seconds;
  json["verdict"] = json_of(result.verdict);
  json["profile"] = Json::array();
  for (const StageTime& time : result.profile)
    json["profile"].push_back({{"stage", time.stage},
                               {"seconds", time.seconds},
                               {"processor_seconds", time.processor_seconds}});
  json["counts"] = counts_of(result.layers);
  json["layers"] = json_of(result.model, result.layers);
  json["diagnostics"] = json_of(result.diagnostics);
  json["octet_version"] = result.recipe.octet_version;
  json["openvino_version"] = result.recipe.openvino_version;
  return dump(json);
}

std::string benchmark_json(const std::vector<NamedBenchmark>& benchmarks,
                           const std::optional<Comparison>& comparison) {
  Json json{{"models", Json::array()}};
  for (const NamedBenchmark& benchmark : benchmarks) json["models"].push_back(json_of(benchmark));
  if (benchmarks.size() == 2) {
    const BenchmarkResult &first = benchmarks[0].result, &second = benchmarks[1].result;
    json["ratio"] = {{"latency", number(first.median_ms / second.median_ms)},
                     {"throughput", number(second.throughput / first.throughput)}};
  }
  if (comparison) json["comparison"] = json_of(*comparison);
  return dump(json);
}

std::string comparison_json(const Comparison& comparison) {
  return dump(json_of(comparison));
}

}  // namespace octet::report
