#include "api/guard.hpp"

#include <algorithm>
#include <cstdio>

#include "api/remedies.hpp"
#include "core/text.hpp"
#include "diagnose/born_errors.hpp"
#include "diagnose/output_names.hpp"
#include "diagnose/verdict.hpp"
#include "recipe/apply.hpp"
#include "statistics/samples.hpp"

namespace octet::api {
namespace {

constexpr std::size_t usual_samples = 4;
constexpr std::size_t layers_named = 5;

std::string decibels(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f dB", value);
  return text;
}

Diagnostic diagnostic_of(const Model& model, const Verdict& verdict) {
  const bool is_good =
      verdict.level == Verdict::Level::good || verdict.level == Verdict::Level::unchecked;
  Diagnostic diagnostic{is_good ? Diagnostic::Severity::note : Diagnostic::Severity::warning,
                        "guard",
                        "accuracy_" + word_of(verdict.level),
                        "",
                        to_string(verdict),
                        ""};
  if (is_good) return diagnostic;
  std::vector<std::string> layers;
  for (std::size_t i = 0; i < std::min(verdict.layers.size(), layers_named); ++i)
    layers.push_back(model.sources.describe(verdict.layers[i].node) + " (" +
                     decibels(verdict.layers[i].sqnr_db) + ")");
  if (!layers.empty())
    diagnostic.message += "; the most error is made in " + core::join_words(layers);
  if (!verdict.remedy.empty())
    diagnostic.remedy =
        "Say " + verdict.remedy + ": " + decibels(verdict.remedy_sqnr_db) + " on the same samples";
  else if (verdict.level == Verdict::Level::collapsed)
    diagnostic.remedy =
        "No other recipe helped on these samples: check that they are like real data, or leave "
        "these layers out with ignored_scope";
  else
    diagnostic.remedy = "Measure the model's metric before using it";
  return diagnostic;
}

void revert(const Model& model, QuantizeResult& result) {
  result.recipe.edits.clear();
  result.model = recipe::replay(model, result.recipe);
  for (LayerDecision& layer : result.layers) {
    if (layer.precision != "int8") continue;
    layer.precision = "float";
    layer.reason = "reverted: the accuracy collapsed";
  }
}

}  // namespace

std::size_t samples_to_keep(const Model& model, const QuantizeOptions& options) {
  if (options.on_collapse == OnCollapse::ignore) return 0;
  return statistics::items_for(*model.graph, usual_samples);
}

void guard(const Model& model, const QuantizeOptions& options, Quantized& quantized,
           Stages& stages) {
  const std::size_t wanted = samples_to_keep(model, options);
  if (quantized.kept.empty() || wanted == 0) return;
  QuantizeResult& result = quantized.result;
  std::vector<runtime::Tensors> inputs, exact;
  for (std::size_t i = 0; i < std::min(wanted, quantized.kept.size()); ++i) {
    inputs.push_back(quantized.kept[i].inputs);
    exact.push_back(quantized.kept[i].outputs);
    result.kept.emplace_back();
    for (const ov::Tensor& tensor : inputs.back())
      result.kept.back().inputs.emplace_back("", tensor);
  }
  Verdict& verdict = result.verdict;
  stages.run("guard", [&] {
    verdict = diagnose::judge(diagnose::output_names(*model.graph), exact,
                              runtime::run_samples(result.model.graph, inputs, options.threads));
    if (verdict.level == Verdict::Level::doubtful || verdict.level == Verdict::Level::collapsed)
      verdict.layers = diagnose::born_errors(model, result.recipe.edits, inputs, options.threads);
  });
  if (verdict.level == Verdict::Level::collapsed)
    stages.run("remedies", [&] { find_remedy(model, options, quantized, inputs, exact, verdict); });
  Diagnostic said = diagnostic_of(model, verdict);
  if (verdict.level == Verdict::Level::collapsed) {
    if (options.on_collapse == OnCollapse::raise)
      throw Error(ErrorCode::accuracy_collapsed, said.stage, said.where, said.message, said.remedy);
    if (options.on_collapse == OnCollapse::revert) {
      revert(model, result);
      said.message += "; the model is returned as it was";
    }
  }
  result.diagnostics.push_back(std::move(said));
  stages.tell(result.diagnostics);
}

}  // namespace octet::api
