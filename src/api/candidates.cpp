#include "api/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "diagnose/output_names.hpp"
#include "diagnose/verdict.hpp"
#include "recipe/apply.hpp"
#include "recipe/constants.hpp"
#include "search/held_out.hpp"
#include "search/logits.hpp"
#include "search/without_layers.hpp"

namespace octet::api {
namespace {

using Clock = std::chrono::steady_clock;

/// Below, the guard speaks of doubt.
constexpr double least_sqnr_db = 10;
constexpr std::size_t samples_kept = 16;
/// More layers than these are counted.
constexpr std::size_t most_named = 2;

std::string hash_of(const std::vector<Edit>& edits) {
  Recipe recipe;
  recipe.edits = edits;
  core::Hash64 hash;
  hash.text(to_json(recipe));
  return hash.hex();
}

/// What latency depends on: where quantizers are and of what kind, not their numbers.
std::vector<Edit> shape_of(const std::vector<Edit>& edits) {
  const auto bare = [](QuantizationRange& range) {
    const bool is_signed = std::ranges::any_of(range.low, [](float low) { return low < 0; });
    range.low = {is_signed ? -1.0F : 0.0F};
    range.high = {1};
  };
  std::vector<Edit> shape;
  for (Edit edit : edits) {
    if (std::holds_alternative<ShiftBias>(edit)) continue;
    if (auto* activation = std::get_if<QuantizeActivation>(&edit)) bare(activation->range);
    if (auto* weight = std::get_if<QuantizeWeight>(&edit)) bare(weight->range);
    if (auto* scale = std::get_if<ScaleChannels>(&edit)) scale->scale = {1};
    shape.push_back(std::move(edit));
  }
  return shape;
}

std::uint64_t bytes_of(const ov::Model& graph) {
  std::set<const void*> seen;
  std::uint64_t bytes = 0;
  for (const auto& node : graph.get_ops())
    if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node))
      if (seen.insert(constant->get_data_ptr()).second) bytes += constant->get_byte_size();
  return bytes;
}

[[noreturn]] void nothing_to_quantize() {
  throw Error(ErrorCode::invalid_argument, "search", "", "nothing of this model is quantized",
              "'octet inspect' says why for each layer");
}

}  // namespace

Candidates::Candidates(const Model& model, const QuantizeOptions& options,
                       const TuneOptions& tuning, TuneResult& tuned, Stages& stages)
    : model_(model),
      options_(options),
      tuning_(tuning),
      tuned_(tuned),
      stages_(stages),
      statistics_(model) {}

void Candidates::prepare(Dataset& data, const std::vector<QuantizeOptions>& wanted) {
  stages_.run("placement", [&] {
    for (const QuantizeOptions& options : wanted) statistics_.want(plan(model_, options));
  });
  if (!statistics_.has_wishes()) nothing_to_quantize();
  statistics_.keep(statistics::items_for(*model_.graph, samples_kept));
  std::optional<search::HeldOut> held;
  if (!tuning_.validate) held.emplace(data, model_, options_.subset_size);
  stages_.run("calibration", [&] {
    statistics_.measure(held ? *held : data,
                        {held ? held->limit() : options_.subset_size, options_.threads,
                         options_.advanced.batchwise_statistics, options_.on_progress,
                         options_.is_cancelled, &stages_.stopwatch});
  });
  if (held) {
    scored_ = held->items();
    if (scored_.empty())
      for (const statistics::KeptSample& one : kept()) scored_.push_back(one.inputs);
    tuned_.samples = scored_.size();
  }
  stages_.run("validation", [&] { measure_reference(); });
}

void Candidates::measure_reference() {
  tuned_.has_metric = static_cast<bool>(tuning_.validate);
  if (tuning_.validate) {
    tuned_.reference_score = metric_of(model_);
  } else {
    exact_ = runtime::run_samples(search::with_logits(*model_.graph), scored_, options_.threads);
    tuned_.reference_score = std::numeric_limits<double>::infinity();
  }
  tuned_.reference_bytes = bytes_of(*model_.graph);
  RunOptions run = tuning_.run;
  if (!run.example) {
    run.example.emplace();
    for (const ov::Tensor& tensor : kept().at(0).inputs)
      run.example->inputs.emplace_back("", tensor);
  }
  timing_.emplace(model_, run, options_.is_cancelled);
  tuned_.reference_latency_ms = timing_->reference_ms();
}

double Candidates::metric_of(const Model& model) const {
  const double metric = tuning_.validate(model);
  if (!std::isfinite(metric))
    throw Error(ErrorCode::invalid_argument, "search", "the validation",
                "its metric is not a finite number", "Return a number, larger for better models");
  return metric;
}

double Candidates::score_of(const Model& model) const {
  if (tuning_.validate) return metric_of(model);
  const Verdict verdict = diagnose::judge(
      diagnose::output_names(*model_.graph), exact_,
      runtime::run_samples(search::with_logits(*model.graph), scored_, options_.threads));
  const OutputDifference* output = diagnose::worst(verdict);
  if (!output)
    throw Error(ErrorCode::invalid_argument, "search", "the model's outputs",
                "none is of floating type, so that there is nothing to compare",
                "Give a validation function");
  return std::isnan(output->sqnr_db) ? -std::numeric_limits<double>::infinity() : output->sqnr_db;
}

search::Bar Candidates::bar() const {
  if (!tuned_.has_metric) return {std::max(tuned_.candidates.at(0).score, least_sqnr_db), 1};
  const double loss = tuning_.drop_type == DropType::absolute
                          ? tuning_.max_drop
                          : tuning_.max_drop * std::abs(tuned_.reference_score);
  return {tuned_.reference_score - loss, 1};
}

double Candidates::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

bool Candidates::may_go_on() {
  if (options_.is_cancelled && options_.is_cancelled())
    throw Error(ErrorCode::cancelled, "search", "", "the run was cancelled", "");
  const bool is_late = tuning_.time_limit > 0 && seconds() >= tuning_.time_limit;
  if (is_late && !tuned_.candidates.empty()) tuned_.is_complete = false;
  if (options_.on_progress) options_.on_progress({"search", tuned_.candidates.size(), 0});
  return !is_late || tuned_.candidates.empty();
}

bool Candidates::add(const QuantizeOptions& options, const std::string& name) {
  QuantizeOptions quiet = options;
  quiet.on_progress = {};
  quiet.on_diagnostic = {};
  Stages stages(quiet);
  Trial trial{options, name, plan(model_, options), {}};
  trial.result = run_pipeline(
                     model_, quiet, 0,
                     [&](const Plan& of, const statistics::Requests& requests) {
                       return statistics_.results_for(of, requests);
                     },
                     stages)
                     .result;
  const Model made = std::move(trial.result.model);
  trials_.push_back(std::move(trial));
  if (add(trials_.size() - 1, {}, 0, &made)) return true;
  trials_.pop_back();
  if (tuned_.candidates.empty()) nothing_to_quantize();
  return false;
}

bool Candidates::add(const Trial& trial, const std::vector<std::string>& layers,
                     double least_speedup) {
  return add(static_cast<std::size_t>(&trial - trials_.data()), layers, least_speedup, nullptr);
}

double Candidates::speedup_of(const std::vector<Edit>& edits, const Model& model) {
  const auto [place, is_new] = speedups_.emplace(hash_of(shape_of(edits)), 0);
  if (is_new) place->second = timing_->speedup_of(model);
  return place->second;
}

bool Candidates::add(std::size_t trial, const std::vector<std::string>& layers,
                     double least_speedup, const Model* made) {
  const Trial& of = trials_[trial];
  Recipe recipe = of.result.recipe;
  if (!layers.empty())
    recipe.edits =
        search::without_layers(*of.plan.model.graph, recipe.edits, {layers.begin(), layers.end()});
  const bool is_quantized = std::ranges::any_of(recipe.edits, [](const Edit& edit) {
    return std::holds_alternative<QuantizeWeight>(edit) ||
           std::holds_alternative<QuantizeActivation>(edit);
  });
  if (!is_quantized || !known_.insert(hash_of(recipe.edits)).second) return false;
  const Model model = made ? *made : recipe::replay(model_, recipe);
  const double speedup = speedup_of(recipe.edits, model);
  if (speedup < least_speedup) return false;
  TuneCandidate candidate;
  candidate.name = of.name;
  if (!layers.empty())
    candidate.name += ", " +
                      (layers.size() > most_named ? std::to_string(layers.size()) + " layers"
                                                  : core::join_words(layers)) +
                      " in floating point";
  candidate.float_layers = layers;
  candidate.score = score_of(model);
  candidate.speedup = speedup;
  candidate.latency_ms = tuned_.reference_latency_ms / speedup;
  candidate.bytes = bytes_of(*model.graph);
  const std::set<std::string> put_back(layers.begin(), layers.end());
  for (const LayerDecision& layer : of.result.layers)
    candidate.quantized += layer.precision == "int8" && !put_back.contains(layer.node);
  candidate.seconds = seconds();
  candidate.recipe = std::move(recipe);
  tuned_.candidates.push_back(std::move(candidate));
  trial_of_.push_back(trial);
  if (tuning_.on_candidate) tuning_.on_candidate(tuned_.candidates.back());
  return true;
}

void Candidates::time_front() {
  search::mark_front(tuned_.candidates);
  std::map<std::string, double> again;
  for (TuneCandidate& candidate : tuned_.candidates) {
    if (!candidate.is_on_front || !may_go_on()) continue;
    const auto [place, is_new] = again.emplace(hash_of(shape_of(candidate.recipe.edits)), 0);
    if (is_new) place->second = timing_->speedup_of(recipe::replay(model_, candidate.recipe));
  }
  for (TuneCandidate& candidate : tuned_.candidates) {
    const auto found = again.find(hash_of(shape_of(candidate.recipe.edits)));
    // The lesser of two, so that being lucky twice is what it takes.
    if (found != again.end()) candidate.speedup = std::min(candidate.speedup, found->second);
    candidate.latency_ms = tuned_.reference_latency_ms / candidate.speedup;
  }
  search::mark_front(tuned_.candidates);
}

}  // namespace octet::api
