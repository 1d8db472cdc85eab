#include "octet/quantize.hpp"

#include <algorithm>
#include <chrono>

#include "algorithms/algorithm.hpp"
#include "api/provenance.hpp"
#include "core/cpu.hpp"
#include "octet/version.hpp"
#include "recipe/apply.hpp"
#include "scheme/placement.hpp"
#include "scheme/resolve_options.hpp"
#include "statistics/statistics.hpp"

namespace octet {
namespace {

/// Tells the user that a stage begins, and keeps how long each took.
class Stages {
 public:
  explicit Stages(const QuantizeOptions& options) : options_(options) {}

  template <typename Action>
  auto run(const char* stage, Action action) {
    if (options_.is_cancelled && options_.is_cancelled())
      throw Error(ErrorCode::cancelled, stage, "", "the run was cancelled", "");
    if (options_.on_progress) options_.on_progress({stage, 0, 0});
    const Timer timer{seconds[stage], Clock::now()};
    return action();
  }

  std::map<std::string, double> seconds;

 private:
  using Clock = std::chrono::steady_clock;
  struct Timer {
    double& total;
    Clock::time_point begin;
    ~Timer() { total += std::chrono::duration<double>(Clock::now() - begin).count(); }
  };
  const QuantizeOptions& options_;
};

/// What is decided before any data is read.
struct Plan {
  QuantizeOptions options;      ///< resolved
  std::vector<Edit> structure;  ///< edits that come before placement
  Model model;                  ///< with these applied
  scheme::Placement placement;
  std::vector<Diagnostic> diagnostics;
};

void append(std::vector<Diagnostic>& to, const std::vector<Diagnostic>& from) {
  to.insert(to.end(), from.begin(), from.end());
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

void check(const QuantizeOptions& options) {
  if (options.subset_size == 0)
    throw Error(ErrorCode::invalid_argument, "quantize", "option 'subset_size'",
                "no sample is to be read", "Give at least 1; 300 is usual");
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

QuantizeResult quantize(const Model& model, Dataset& data, const QuantizeOptions& options) {
  check(options);
  Stages stages(options);
  const Plan plan = stages.run("placement", [&] { return octet::plan(model, options); });
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
      return statistics::calibrate(
          plan.model, data, requests,
          {plan.options.subset_size, plan.options.threads,
           plan.options.advanced.batchwise_statistics, options.on_progress, options.is_cancelled});
    });
    result.samples = measured.samples;
    append(result.diagnostics, measured.diagnostics);
    stages.run("algorithms", [&] {
      for (const auto& step : steps) step->run(context, measured, edits, result.diagnostics);
    });
  }
  append(result.diagnostics, data.diagnostics());

  stages.run("emission", [&] {
    result.recipe = {version(), OCTET_OPENVINO_VERSION, fingerprint(model),
                     api::provenance_of(plan.options, result.samples), std::move(edits)};
    result.model = recipe::replay(model, result.recipe);
  });
  result.stage_seconds = std::move(stages.seconds);
  return result;
}

std::vector<LayerDecision> inspect(const Model& model, const QuantizeOptions& options) {
  return plan(model, options).placement.layers;
}

}  // namespace octet
