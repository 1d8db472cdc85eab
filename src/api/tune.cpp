#include "octet/tune.hpp"

#include <algorithm>
#include <set>

#include "api/candidates.hpp"
#include "api/guard.hpp"
#include "core/text.hpp"
#include "diagnose/born_errors.hpp"
#include "recipe/apply.hpp"
#include "search/slow_layers.hpp"
#include "search/variations.hpp"
#include "search/without_layers.hpp"

namespace octet {
namespace {

/// What a recipe has to add, in dB, to be built upon: less is chance.
constexpr double least_gain_db = 0.1;
constexpr std::size_t most_rounds = 4, samples_for_errors = 4;

/// The search: options first, each on top of the best so far, then layers of the best recipe.
class Tuner {
 public:
  Tuner(const Model& model, const QuantizeOptions& options, const TuneOptions& tuning,
        TuneResult& tuned, api::Stages& stages)
      : model_(model),
        options_(options),
        tuned_(tuned),
        stages_(stages),
        all_(model, options, tuning, tuned, stages) {}

  void run(Dataset& data) {
    const QuantizeOptions resolved = api::plan(model_, options_).options;
    all_.prepare(data, search::combinations(resolved));
    stages_.run("search", [&] {
      try_options(resolved);
      const std::size_t best = search::choose(tuned_.candidates, all_.bar());
      try_slow_layers(all_.trial_of(best), tuned_.candidates[best].speedup);
      try_bad_layers(all_.trial_of(best));
      all_.time_front();
    });
    finish(data);
  }

 private:
  bool is_better(double score, double than) const {
    return tuned_.has_metric ? score > than : score >= than + least_gain_db;
  }

  void try_options(const QuantizeOptions& resolved) {
    all_.add(options_, "as given");
    QuantizeOptions best = options_;
    std::vector<std::string> said;
    double best_score = tuned_.candidates[0].score;
    for (const auto& alternatives : search::variations(resolved)) {
      const QuantizeOptions base = best;
      const std::vector<std::string> base_said = said;
      for (const search::Variation& variation : alternatives) {
        if (!all_.may_go_on()) return;
        QuantizeOptions options = base;
        variation.set(options);
        std::vector<std::string> words = base_said;
        words.push_back(variation.name);
        if (!all_.add(options, core::join(words, ", "))) continue;
        if (!is_better(tuned_.candidates.back().score, best_score)) continue;
        best_score = tuned_.candidates.back().score;
        best = options;
        said = words;
      }
    }
  }

  /// Puts back layers that take longer in INT8, as the plugin counts; then looks again, since their
  /// neighbours run otherwise now.
  void try_slow_layers(const api::Trial& trial, double best) {
    const Model before = recipe::apply_edits(model_, structure_of(trial.result.recipe.edits));
    std::vector<std::string> layers;
    for (const LayerDecision& layer : trial.result.layers)
      if (layer.precision == "int8") layers.push_back(layer.node);
    if (!all_.may_go_on()) return;
    const std::vector<ExecutedLayer> exact = all_.timing().profile_of(before);
    std::vector<std::string> put_back;
    for (std::size_t round = 0; round < most_rounds && all_.may_go_on(); ++round) {
      const std::vector<Edit> edits = search::without_layers(
          *trial.plan.model.graph, trial.result.recipe.edits, {put_back.begin(), put_back.end()});
      const std::vector<search::LayerGain> gains = search::layer_gains(
          layers, edits, exact, all_.timing().profile_of(recipe::apply_edits(model_, edits)));
      const std::vector<std::string> base = put_back;
      const std::set<std::string> gone(base.begin(), base.end());
      std::vector<std::string> remaining;
      std::size_t slower = 0;
      for (const search::LayerGain& gain : gains) {
        if (gone.contains(gain.node)) continue;
        remaining.push_back(gain.node);
        slower += gain.milliseconds < 0;
      }
      std::set<std::size_t> counts = {slower};
      for (std::size_t count = 1; count < remaining.size(); count *= 2) counts.insert(count);
      counts.erase(0);
      bool has_improved = false;
      for (const std::size_t count : counts) {
        if (!all_.may_go_on()) return;
        std::vector<std::string> more = base;
        more.insert(more.end(), remaining.begin(),
                    remaining.begin() + static_cast<std::ptrdiff_t>(count));
        if (!all_.add(trial, more, best)) continue;
        best = tuned_.candidates.back().speedup;
        put_back = more;
        has_improved = true;
      }
      if (!has_improved) return;
    }
  }

  /// Puts back those layers that make the most error.
  void try_bad_layers(const api::Trial& trial) {
    if (!all_.may_go_on()) return;
    std::vector<runtime::Tensors> few;
    for (const statistics::KeptSample& kept : all_.kept())
      if (few.size() < samples_for_errors) few.push_back(kept.inputs);
    const std::vector<LayerError> errors =
        diagnose::born_errors(model_, trial.result.recipe.edits, few, options_.threads);
    for (std::size_t count = 1; count <= errors.size() / 2; count *= 2) {
      if (!all_.may_go_on()) return;
      std::vector<std::string> layers;
      for (std::size_t i = 0; i < count; ++i) layers.push_back(errors[i].node);
      all_.add(trial, layers);
    }
  }

  /// Edits that change no result.
  static std::vector<Edit> structure_of(const std::vector<Edit>& edits) {
    std::vector<Edit> exact;
    for (const Edit& edit : edits)
      if (std::holds_alternative<FoldBatchNorm>(edit)) exact.push_back(edit);
    return exact;
  }

  void finish(Dataset& data) {
    tuned_.chosen = search::choose(tuned_.candidates, all_.bar());
    const TuneCandidate& chosen = tuned_.candidates[tuned_.chosen];
    const api::Trial& trial = all_.trial_of(tuned_.chosen);
    QuantizeResult& result = tuned_.result;
    result = trial.result;
    result.recipe = chosen.recipe;
    result.model = recipe::replay(model_, chosen.recipe);
    for (Diagnostic& diagnostic : data.diagnostics())
      result.diagnostics.push_back(std::move(diagnostic));
    const std::set<std::string> put_back(chosen.float_layers.begin(), chosen.float_layers.end());
    for (LayerDecision& layer : result.layers) {
      if (!put_back.contains(layer.node) || layer.precision != "int8") continue;
      layer.precision = "float";
      layer.reason = "put back by the search";
    }
    const auto warn = [&](const char* code, const std::string& message, const char* remedy) {
      result.diagnostics.push_back({Diagnostic::Severity::warning, "search", code,
                                    model_.origin.empty() ? "" : "file '" + model_.origin + "'",
                                    message, remedy});
    };
    if (chosen.score < all_.bar().score)
      warn("accuracy_not_reached", "no recipe lost as little as is allowed; the best is returned",
           "Allow more time, or a larger drop");
    else if (chosen.speedup <= 1)
      warn("not_faster", "no recipe that loses as little as is allowed is faster than the model",
           "Run the model as it was");
    stages_.tell(result.diagnostics);
    api::Quantized quantized{std::move(result), trial.options, {}};
    for (const statistics::KeptSample& kept : all_.kept())
      quantized.kept.push_back({kept.inputs, kept.outputs, {}});
    QuantizeOptions guarded = trial.options;
    guarded.on_progress = options_.on_progress;
    guarded.on_diagnostic = options_.on_diagnostic;
    if (guarded.on_collapse != OnCollapse::ignore) guarded.on_collapse = OnCollapse::warn;
    api::guard(model_, guarded, quantized, stages_);
    tuned_.result = std::move(quantized.result);
  }

  const Model& model_;
  const QuantizeOptions& options_;
  TuneResult& tuned_;
  api::Stages& stages_;
  api::Candidates all_;
};

}  // namespace

TuneResult tune(const Model& model, Dataset& data, const QuantizeOptions& options,
                const TuneOptions& tuning) {
  api::check(options);
  if (!(tuning.max_drop >= 0) || !(tuning.time_limit >= 0))
    throw Error(ErrorCode::invalid_argument, "search",
                tuning.max_drop >= 0 ? "option 'time_limit'" : "option 'max_drop'",
                "it is negative or no number", "Give 0 or more");
  TuneResult tuned;
  api::Stages stages(options);
  Tuner(model, options, tuning, tuned, stages).run(data);
  stages.finish(tuned.result);
  return tuned;
}

}  // namespace octet
