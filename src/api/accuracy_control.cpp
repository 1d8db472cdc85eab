#include "octet/accuracy_control.hpp"

#include <chrono>
#include <cmath>
#include <set>

#include "api/guard.hpp"
#include "api/pipeline.hpp"
#include "core/hash.hpp"
#include "diagnose/born_errors.hpp"
#include "recipe/apply.hpp"
#include "search/metrics_file.hpp"
#include "search/without_layers.hpp"

namespace octet {
namespace {

using Clock = std::chrono::steady_clock;

/// Makes models with the worst layers in floating point, and measures them.
class Search {
 public:
  Search(const Model& model, const std::function<double(const Model&)>& validate,
         const QuantizeOptions& options, const AccuracyControlOptions& control,
         AccuracyControlResult& result)
      : model_(model),
        validate_(validate),
        options_(options),
        control_(control),
        result_(result),
        known_(control.state) {}

  void measure_reference() {
    result_.reference_metric = metric_of(model_, "reference " + fingerprint(model_)).first;
  }

  /// `graph`: with the structural edits. Ranks the layers only where the quantized model is not
  /// good enough.
  void run(const api::Plan& plan, const std::vector<runtime::Tensors>& samples) {
    edits_ = result_.result.recipe.edits;
    if (try_with(plan, 0)) return;
    for (const LayerError& layer : diagnose::born_errors(model_, edits_, samples, options_.threads))
      ranking_.push_back(layer.node);
    // Doubling finds a number of layers that is enough, bisection the least.
    std::size_t few = 0, enough = 1;
    while (enough < ranking_.size() && !is_late() && !try_with(plan, enough)) {
      few = enough;
      enough *= 2;
    }
    if (enough >= ranking_.size()) {
      // With all layers in floating point the model is what it was.
      enough = ranking_.size();
      if (is_late() || !try_with(plan, enough)) return;
    }
    while (enough - few > 1 && !is_late()) {
      const std::size_t middle = few + (enough - few) / 2;
      (try_with(plan, middle) ? enough : few) = middle;
    }
  }

 private:
  bool is_late() const { return control_.time_limit > 0 && seconds() >= control_.time_limit; }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  /// The metric, and whether it was known.
  std::pair<double, bool> metric_of(const Model& model, const std::string& about) {
    core::Hash64 hash;
    hash.text(about);
    if (const auto known = known_.find(hash.hex())) return {*known, true};
    if (options_.is_cancelled && options_.is_cancelled())
      throw Error(ErrorCode::cancelled, "search", "", "the run was cancelled", "");
    if (options_.on_progress) options_.on_progress({"validation", result_.steps.size(), 0});
    const double metric = validate_(model);
    if (!std::isfinite(metric))
      throw Error(ErrorCode::invalid_argument, "search", "the validation",
                  "its metric is not a finite number", "Return a number, larger for better models");
    known_.add(hash.hex(), metric);
    return {metric, false};
  }

  /// Measures the model with the `count` worst layers in floating point, keeps it where it is the
  /// best, and tells whether it is good enough.
  bool try_with(const api::Plan& plan, std::size_t count) {
    const std::vector<std::string> layers(ranking_.begin(),
                                          ranking_.begin() + static_cast<std::ptrdiff_t>(count));
    Recipe recipe = result_.result.recipe;
    recipe.edits =
        search::without_layers(*plan.model.graph, edits_, {layers.begin(), layers.end()});
    const Model candidate = recipe::replay(model_, recipe);
    const auto [metric, is_known] = metric_of(candidate, to_json(recipe));
    const double lost = result_.reference_metric - metric;
    const double drop = control_.drop_type == DropType::absolute
                            ? lost
                            : lost / std::max(std::abs(result_.reference_metric), 1e-12);
    result_.steps.push_back({count, metric, drop, seconds(), is_known});
    const bool is_enough = drop <= control_.max_drop;
    const bool is_first = result_.steps.size() == 1;
    const bool is_better = is_enough ? !result_.is_reached || count < result_.float_layers.size()
                                     : !result_.is_reached && metric > result_.metric;
    if (is_first || is_better) {
      result_.metric = metric;
      result_.drop = drop;
      result_.is_reached = is_enough;
      result_.float_layers = layers;
      result_.result.recipe = std::move(recipe);
      result_.result.model = candidate;
    }
    if (control_.on_step) control_.on_step(result_.steps.back());
    return is_enough;
  }

  const Model& model_;
  const std::function<double(const Model&)>& validate_;
  const QuantizeOptions& options_;
  const AccuracyControlOptions& control_;
  AccuracyControlResult& result_;
  search::MetricsFile known_;
  std::vector<Edit> edits_;
  std::vector<std::string> ranking_;
  Clock::time_point begin_ = Clock::now();
};

void describe(const Model& model, AccuracyControlResult& control) {
  const std::set<std::string> reverted(control.float_layers.begin(), control.float_layers.end());
  for (LayerDecision& layer : control.result.layers) {
    if (reverted.count(layer.node) == 0 || layer.precision != "int8") continue;
    layer.precision = "float";
    layer.reason = "put back by the accuracy control";
  }
  if (control.is_reached) return;
  control.result.diagnostics.push_back(
      {Diagnostic::Severity::warning, "search", "accuracy_not_reached",
       model.origin.empty() ? "" : "file '" + model.origin + "'",
       "the metric drops by " + std::to_string(control.drop) +
           ", more than is allowed; the best model so far is returned",
       "Allow more time, or a larger drop"});
}

}  // namespace

AccuracyControlResult quantize_with_accuracy_control(
    const Model& model, Dataset& calibration, const std::function<double(const Model&)>& validate,
    const QuantizeOptions& options, const AccuracyControlOptions& control) {
  api::check(options);
  if (!(control.max_drop >= 0) || !(control.time_limit >= 0))
    throw Error(ErrorCode::invalid_argument, "search",
                control.max_drop >= 0 ? "option 'time_limit'" : "option 'max_drop'",
                "it is negative or no number", "Give 0 or more");
  AccuracyControlResult result;
  Search search(model, validate, options, control, result);
  api::Stages stages(options);
  const api::Plan plan = api::plan(model, options);
  QuantizeOptions guarded = options;
  // The metric decides here.
  if (guarded.on_collapse != OnCollapse::ignore) guarded.on_collapse = OnCollapse::warn;
  const std::size_t keep = std::max<std::size_t>(1, api::samples_to_keep(model, guarded));
  api::Quantized quantized = api::run_pipeline(model, calibration, guarded, keep, stages);
  std::vector<runtime::Tensors> samples;
  for (const statistics::KeptSample& sample : quantized.kept) samples.push_back(sample.inputs);
  result.result = std::move(quantized.result);
  stages.run("validation", [&] { search.measure_reference(); });
  stages.run("search", [&] { search.run(plan, samples); });
  describe(model, result);
  stages.tell(result.result.diagnostics);
  quantized.result = std::move(result.result);
  api::guard(model, guarded, quantized, stages);
  result.result = std::move(quantized.result);
  stages.finish(result.result);
  return result;
}

}  // namespace octet
