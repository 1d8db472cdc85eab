#include <algorithm>

#include "core/text.hpp"
#include "octet/report.hpp"
#include "report/number.hpp"
#include "report/table.hpp"

namespace octet::report {
namespace {

using Align = Table::Align;

std::string times(double ratio) {
  return number(ratio, 2) + "x";
}

/// `49 u8, 1 f32`
std::string precisions_of(const KindSummary* kind) {
  if (!kind) return "-";
  std::vector<std::string> words;
  for (const auto& [precision, count] : kind->precisions)
    words.push_back(std::to_string(count) + " " + precision);
  return core::join(words, ", ");
}

/// A row a kind of layer, a column a model.
std::string kinds_table(const std::vector<std::string>& names,
                        const std::vector<std::vector<KindSummary>>& models) {
  std::vector<Table::Column> columns{{"layers"}};
  for (const std::string& name : names) columns.push_back({name});
  Table table(std::move(columns));
  std::vector<std::string> types;
  for (const auto& kinds : models)
    for (const KindSummary& kind : kinds)
      if (std::ranges::find(types, kind.type) == types.end()) types.push_back(kind.type);
  for (const std::string& type : types) {
    std::vector<std::string> cells{type};
    for (const auto& kinds : models) {
      const auto found = std::ranges::find(kinds, type, &KindSummary::type);
      cells.push_back(precisions_of(found == kinds.end() ? nullptr : &*found));
    }
    table.add(std::move(cells));
  }
  return table.text();
}

struct Measure {
  const char* title;
  double (*value)(const BenchmarkResult&);
  bool is_better_when_larger;
};
constexpr Measure measures[] = {
    {"latency, median (ms)", [](const BenchmarkResult& r) { return r.median_ms; }, false},
    {"latency, 10th percentile (ms)", [](const BenchmarkResult& r) { return r.p10_ms; }, false},
    {"latency, 90th percentile (ms)", [](const BenchmarkResult& r) { return r.p90_ms; }, false},
    {"throughput (items/s)", [](const BenchmarkResult& r) { return r.throughput; }, true},
    {"time to compile (ms)", [](const BenchmarkResult& r) { return r.compile_ms; }, false},
};

}  // namespace

std::string quantize_text(const QuantizeResult& result, const Files& files) {
  std::size_t int8 = 0;
  for (const LayerDecision& layer : result.layers) int8 += layer.precision == "int8";
  double seconds = 0;
  for (const auto& [stage, time] : result.stage_seconds) seconds += time;
  Table table({{""}, {""}});
  if (!files.output.empty()) table.add({"model", files.output});
  if (!files.recipe.empty()) table.add({"recipe", files.recipe});
  table.add({"layers", std::to_string(int8) + " of " + std::to_string(result.layers.size()) +
                           " in int8 (octet inspect shows each)"});
  if (files.model_bytes != 0 && files.output_bytes != 0)
    table.add({"size", core::format_bytes(files.model_bytes) + " -> " +
                           core::format_bytes(files.output_bytes) + " (" +
                           number(100.0 * static_cast<double>(files.output_bytes) /
                                      static_cast<double>(files.model_bytes),
                                  0) +
                           " %)"});
  table.add({"samples", std::to_string(result.samples)});
  if (result.verdict.level != Verdict::Level::unchecked)
    table.add({"accuracy", to_string(result.verdict)});
  table.add({"time", number(seconds, 1) + " s"});
  return table.text();
}

std::string profile_text(const QuantizeResult& result) {
  Table table({{"stage"},
               {"time (s)", Table::Align::right},
               {"processor (s)", Table::Align::right},
               {"share", Table::Align::right}});
  double all = 0;
  for (const auto& [stage, time] : result.stage_seconds) all += time;
  for (const StageTime& stage : result.profile) {
    if (stage.stage.find('/') != std::string::npos) continue;
    const auto add = [&](const StageTime& time, const std::string& name) {
      const bool has_clock = time.seconds > 0;
      table.add({name, has_clock ? number(time.seconds, 3) : "-", number(time.processor_seconds, 3),
                 has_clock && all > 0 ? number(100 * time.seconds / all, 0) + " %" : "-"});
    };
    add(stage, stage.stage);
    for (const StageTime& part : result.profile)
      if (part.stage.starts_with(stage.stage + "/"))
        add(part, "  " + part.stage.substr(stage.stage.size() + 1));
  }
  const MemoryPlan& memory = result.memory;
  if (memory.predicted_bytes == 0) return table.text();
  return table.text() + "memory for measuring: " + core::format_bytes(memory.predicted_bytes) +
         " expected, " + std::to_string(memory.streams) + " samples at a time, " +
         std::to_string(memory.samples_in_flight) + " in flight\n";
}

std::string benchmark_text(const std::vector<NamedBenchmark>& benchmarks) {
  std::vector<Table::Column> columns{{""}};
  std::vector<std::string> names;
  std::vector<std::vector<KindSummary>> kinds;
  for (const NamedBenchmark& benchmark : benchmarks) {
    columns.push_back({benchmark.name, Align::right});
    names.push_back(benchmark.name);
    kinds.push_back(precisions_by_kind(benchmark.result.layers));
  }
  const bool is_pair = benchmarks.size() == 2;
  if (is_pair) columns.push_back({"faster", Align::right});
  Table table(std::move(columns));
  for (const Measure& measure : measures) {
    std::vector<std::string> cells{measure.title};
    for (const NamedBenchmark& benchmark : benchmarks)
      cells.push_back(short_number(measure.value(benchmark.result)));
    if (is_pair) {
      const double first = measure.value(benchmarks[0].result);
      const double second = measure.value(benchmarks[1].result);
      cells.push_back(times(measure.is_better_when_larger ? second / first : first / second));
    }
    table.add(std::move(cells));
  }
  return table.text() + "\n" + kinds_table(names, kinds);
}

std::string precisions_text(const std::vector<ExecutedLayer>& executed) {
  return kinds_table({"ran in"}, {precisions_by_kind(executed)});
}

std::string comparison_text(const Comparison& comparison) {
  Table table({{"output"},
               {"cosine", Align::right},
               {"SQNR (dB)", Align::right},
               {"largest error", Align::right},
               {"same top-1", Align::right}});
  for (const OutputDifference& output : comparison.outputs)
    table.add({output.name, number(output.cosine, 5), number(output.sqnr_db, 1),
               short_number(output.max_error),
               output.top1_agreement ? number(100 * *output.top1_agreement, 1) + " %" : "-"});
  return table.text();
}

}  // namespace octet::report
