#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "octet/diagnose.hpp"
#include "octet/differences.hpp"
#include "octet/export.hpp"
#include "octet/facts.hpp"
#include "octet/model.hpp"
#include "octet/preview.hpp"
#include "octet/quantize.hpp"
#include "octet/runtime.hpp"
#include "octet/tune.hpp"

/// Results as text for people and as JSON for machines. Nothing here prints.
namespace octet::report {

/// Decisions by module, with the reason for what stays in floating point.
OCTET_API std::string layers_text(const Model& model, const std::vector<LayerDecision>& layers);
/// The tree of modules: layers in INT8 and in floating point below each, its own operations and why
/// those in floating point are. `depth`: levels that are shown; what lies deeper is summed up.
OCTET_API std::string tree_text(const Model& model, const std::vector<LayerDecision>& layers,
                                std::optional<std::size_t> depth = {});
/// The graph without its constants in Graphviz's language: a box an operation, green in INT8,
/// orange in floating point, grey where it is no layer, with the reason as its tooltip; modules
/// around them.
OCTET_API std::string layers_dot(const Model& model, const std::vector<LayerDecision>& layers);
/// `{"format", "layers": [{"node", "module", "module_class", "op", "source", "type", "precision",
/// "reason"}], "counts": {"int8", "float"}}`; what is not known is left out.
OCTET_API std::string layers_json(const Model& model, const std::vector<LayerDecision>& layers);

/// What each rule of an ignored scope touches.
OCTET_API std::string preview_text(const Model& model, const Preview& preview);
/// `{"rules": [{"rule", "nodes", "layers", "problem", "remedy"}], "also"}`; nodes in the model's
/// own names.
OCTET_API std::string preview_json(const Preview& preview);

/// What `quantize` was called on and what was written.
struct Files {
  std::string model, output, recipe;
  std::uint64_t model_bytes = 0, output_bytes = 0;  ///< 0: not known
};
OCTET_API std::string quantize_text(const QuantizeResult& result, const Files& files);
/// Where the time of `quantize` went: a line a stage, below it its parts.
OCTET_API std::string profile_text(const QuantizeResult& result);
/// `{"model", "output", "recipe", "model_bytes", "output_bytes", "samples", "seconds": {stage: s},
/// "profile": [{"stage", "seconds", "processor_seconds"}],
/// "verdict": {"level", "text", "samples", "outputs", "layers": [{"node", "sqnr_db"}], "remedy":
/// {"options", "sqnr_db"}}, "counts", "layers", "diagnostics": [{"severity", "stage", "code",
/// "where", "message", "remedy"}], "octet_version", "openvino_version"}`
OCTET_API std::string quantize_json(const QuantizeResult& result, const Files& files);

struct NamedBenchmark {
  std::string name;
  BenchmarkResult result;
};
/// Latency, throughput and precisions; with two models also how many times faster the second is.
OCTET_API std::string benchmark_text(const std::vector<NamedBenchmark>& benchmarks);
/// `{"models": [{"model", "median_ms", "p10_ms", "p90_ms", "throughput", "iterations",
/// "compile_ms", "kinds": [{"type", "precisions": {p: n}, "ms"}], "layers": [{"name", "originals",
/// "type", "precision", "kernel", "ms"}]}], "ratio": {"latency", "throughput"},
/// "comparison": as comparison_json}`
OCTET_API std::string benchmark_json(const std::vector<NamedBenchmark>& benchmarks,
                                     const std::optional<Comparison>& comparison = {});

/// Layers of each kind and the precision that they ran in.
OCTET_API std::string precisions_text(const std::vector<ExecutedLayer>& executed);

/// The candidates on the front, fastest first, and the model; the chosen one is marked. `all`: the
/// other candidates too.
OCTET_API std::string tune_text(const TuneResult& tuned, bool all = false);
/// `{"score": "metric" or "sqnr_db", "samples", "complete", "reference": {"score", "latency_ms",
/// "bytes"}, "chosen": index, "candidates": [{"name", "float_layers", "score", "latency_ms",
/// "speedup", "bytes", "int8_layers", "seconds", "front"}]}`
OCTET_API std::string tune_json(const TuneResult& tuned);

OCTET_API std::string comparison_text(const Comparison& comparison);
/// `{"samples", "outputs": [{"name", "cosine", "sqnr_db", "max_error", "top1_agreement"}]}`; an
/// infinite ratio is null.
OCTET_API std::string comparison_json(const Comparison& comparison);

/// What a report says first: verdict, findings, size, speed, and the layers with the most error.
OCTET_API std::string facts_text(const Facts& facts);
/// All of it; docs/report.md has the schema, docs/report.schema.json the same for machines.
OCTET_API std::string facts_json(const Facts& facts);
/// One page that holds all of it and needs nothing else.
OCTET_API std::string facts_html(const Facts& facts);
/// Writes the page. Throws `Error` (output_unwritable).
OCTET_API void save_html(const Facts& facts, const std::filesystem::path& file);

OCTET_API std::string differences_text(const ModelDifferences& differences);
/// As `comparison_json`, and `"layers": [{"node", "sqnr_db"}], "quantizers": [{"name", "of",
/// "tensor", "layers", "change": vanished, appeared or moved, "scale_change", "zero_point_change",
/// "otherwise"}], "settings": [{"key", "first", "second"}]`
OCTET_API std::string differences_json(const ModelDifferences& differences);
OCTET_API std::string differences_text(const RecipeDifferences& differences);
/// `{"quantizers", "settings"}` as above, and `"edits": [{"edit", "node", "change", "largest"}]`
OCTET_API std::string differences_json(const RecipeDifferences& differences);

OCTET_API std::string verification_text(const Verification& verification);
/// `{"equal", "data": {"recorded", "found"}, "model": the same, "same_result", "quantizers" as in
/// differences_json, "notes"}`
OCTET_API std::string verification_json(const Verification& verification);

}  // namespace octet::report
