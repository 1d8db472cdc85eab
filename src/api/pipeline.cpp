#include "api/pipeline.hpp"

#include <optional>

#include "algorithms/algorithm.hpp"
#include "api/provenance.hpp"
#include "core/cpu.hpp"
#include "core/text.hpp"
#include "octet/version.hpp"
#include "recipe/apply.hpp"
#include "scheme/resolve_options.hpp"

namespace octet::api {
namespace {

void append(std::vector<Diagnostic>& to, const std::vector<Diagnostic>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

Diagnostic nothing_to_quantize() {
  return {Diagnostic::Severity::warning,
          "quantize",
          "nothing_to_quantize",
          "",
          "no layer of the model is quantized, so it stays as it is",
          "'octet inspect' or octet.inspect(model) says why for each layer"};
}

}  // namespace

statistics::CalibrationOptions calibration_options(const QuantizeOptions& resolved,
                                                   const QuantizeOptions& user) {
  statistics::CalibrationOptions options;
  options.subset_size = resolved.subset_size;
  options.threads = resolved.threads;
  options.batchwise_statistics = resolved.advanced.batchwise_statistics;
  options.on_progress = user.on_progress;
  options.is_cancelled = user.is_cancelled;
  options.max_memory = user.max_memory;
  return options;
}

Diagnostic memory_diagnostic(const MemoryPlan& memory, std::size_t limit) {
  const std::string streams = std::to_string(memory.streams) + " at a time";
  if (memory.is_within_limit)
    return {Diagnostic::Severity::note,
            "statistics",
            "memory_plan",
            "option 'max_memory'",
            "measuring is expected to take " + core::format_bytes(memory.predicted_bytes) + " of " +
                core::format_bytes(limit) + ", with samples run " + streams,
            ""};
  return {Diagnostic::Severity::warning,
          "statistics",
          "memory_plan",
          "option 'max_memory'",
          "the model with one sample at a time is expected to take " +
              core::format_bytes(memory.predicted_bytes) + ", more than " +
              core::format_bytes(limit),
          "Allow that much, or give smaller samples"};
}

void check(const QuantizeOptions& options) {
  if (options.subset_size == 0)
    throw Error(ErrorCode::invalid_argument, "quantize", "option 'subset_size'",
                "no sample is to be read", "Give at least 1; 300 is usual");
}

Plan plan(const Model& model, const QuantizeOptions& options) {
  Plan plan;
  plan.options =
      scheme::resolve_options(model, options, core::int8_sums_overflow(), plan.diagnostics);
  plan.structure = algorithms::structural_edits(model, plan.options);
  plan.model = recipe::apply_edits(model, plan.structure);
  plan.placement = scheme::place(plan.model, plan.options);
  append(plan.diagnostics, plan.placement.diagnostics);
  return plan;
}

Quantized run_pipeline(const Model& model, Dataset& data, const QuantizeOptions& options,
                       std::size_t keep, Stages& stages) {
  MemoryPlan memory;
  const auto measure = [&](const Plan& plan, const statistics::Requests& requests) {
    statistics::CalibrationOptions calibration = calibration_options(plan.options, options);
    calibration.stopwatch = &stages.stopwatch;
    std::optional<Diagnostic> said;
    calibration.on_memory = [&](const MemoryPlan& now) {
      memory = now;
      if (options.max_memory == 0) return;
      said = memory_diagnostic(memory, options.max_memory);
      stages.tell_ahead(*said);
    };
    statistics::Results measured = statistics::calibrate(plan.model, data, requests, calibration);
    if (said) measured.diagnostics.push_back(std::move(*said));
    return measured;
  };
  Quantized quantized = run_pipeline(model, options, keep, measure, stages);
  quantized.result.memory = memory;
  append(quantized.result.diagnostics, data.diagnostics());
  stages.tell(quantized.result.diagnostics);
  return quantized;
}

Quantized run_pipeline(const Model& model, const QuantizeOptions& options, std::size_t keep,
                       const Measure& measure, Stages& stages) {
  const Plan plan = stages.run("placement", [&] { return api::plan(model, options); });
  Quantized quantized;
  quantized.options = plan.options;
  QuantizeResult& result = quantized.result;
  result.layers = plan.placement.layers;
  append(result.diagnostics, plan.diagnostics);
  stages.tell(result.diagnostics);

  const algorithms::Context context{plan.model, plan.placement, plan.options, plan.structure,
                                    &model};
  const auto steps = algorithms::pipeline(plan.options);
  std::vector<Edit> edits = plan.structure;
  std::string data_hash;
  if (plan.placement.activations.empty() && plan.placement.weights.empty()) {
    edits.clear();
    result.diagnostics.push_back(nothing_to_quantize());
  } else {
    statistics::Requests requests;
    requests.keep = keep;
    for (const auto& step : steps) step->request(context, requests);  // some keep more
    statistics::Results measured =
        stages.run("calibration", [&] { return measure(plan, requests); });
    result.samples = measured.samples;
    data_hash = measured.data_hash;
    append(result.diagnostics, measured.diagnostics);
    stages.tell(result.diagnostics);
    stages.run("algorithms", [&] {
      for (const auto& step : steps)
        stages.stopwatch.time(std::string("algorithms/") + step->name(),
                              [&] { step->run(context, measured, edits, result.diagnostics); });
    });
    quantized.kept = std::move(measured.kept);
  }

  stages.run("emission", [&] {
    std::string print =
        stages.stopwatch.time("emission/fingerprint", [&] { return fingerprint(model); });
    result.recipe = {version(), OCTET_OPENVINO_VERSION, std::move(print),
                     provenance_of(plan.options, result.samples, data_hash), std::move(edits)};
    result.model = stages.stopwatch.time("emission/apply",
                                         [&] { return recipe::replay(model, result.recipe); });
  });
  return quantized;
}

}  // namespace octet::api
