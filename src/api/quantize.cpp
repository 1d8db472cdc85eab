#include "octet/quantize.hpp"

#include <algorithm>

#include "algorithms/algorithm.hpp"
#include "api/pipeline.hpp"
#include "api/provenance.hpp"
#include "api/stages.hpp"
#include "core/cpu.hpp"
#include "octet/version.hpp"
#include "recipe/apply.hpp"
#include "scheme/placement.hpp"
#include "scheme/resolve_options.hpp"
#include "statistics/statistics.hpp"

namespace octet {
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

namespace api {

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

void check(const QuantizeOptions& options) {
  if (options.subset_size == 0)
    throw Error(ErrorCode::invalid_argument, "quantize", "option 'subset_size'",
                "no sample is to be read", "Give at least 1; 300 is usual");
}

}  // namespace api

QuantizeResult quantize(const Model& model, Dataset& data, const QuantizeOptions& options) {
  api::check(options);
  api::Stages stages(options);
  const api::Plan plan = stages.run("placement", [&] { return api::plan(model, options); });
  QuantizeResult result;
  result.layers = plan.placement.layers;
  append(result.diagnostics, plan.diagnostics);

  const algorithms::Context context{plan.model, plan.placement, plan.options, plan.structure};
  const auto steps = algorithms::pipeline(plan.options);
  std::vector<Edit> edits = plan.structure;
  if (plan.placement.activations.empty() && plan.placement.weights.empty()) {
    edits.clear();
    result.diagnostics.push_back(nothing_to_quantize());
  } else {
    statistics::Requests requests;
    for (const auto& step : steps) step->request(context, requests);
    const statistics::Results measured = stages.run("calibration", [&] {
      return statistics::calibrate(plan.model, data, requests,
                                   {plan.options.subset_size, plan.options.threads,
                                    plan.options.advanced.batchwise_statistics, options.on_progress,
                                    options.is_cancelled, &stages.stopwatch});
    });
    result.samples = measured.samples;
    append(result.diagnostics, measured.diagnostics);
    stages.run("algorithms", [&] {
      for (const auto& step : steps)
        stages.stopwatch.time(std::string("algorithms/") + step->name(),
                              [&] { step->run(context, measured, edits, result.diagnostics); });
    });
  }
  append(result.diagnostics, data.diagnostics());

  stages.run("emission", [&] {
    std::string print =
        stages.stopwatch.time("emission/fingerprint", [&] { return fingerprint(model); });
    result.recipe = {version(), OCTET_OPENVINO_VERSION, std::move(print),
                     api::provenance_of(plan.options, result.samples), std::move(edits)};
    result.model = stages.stopwatch.time("emission/apply",
                                         [&] { return recipe::replay(model, result.recipe); });
  });
  stages.finish(result);
  return result;
}

std::vector<LayerDecision> inspect(const Model& model, const QuantizeOptions& options) {
  return api::plan(model, options).placement.layers;
}

}  // namespace octet
