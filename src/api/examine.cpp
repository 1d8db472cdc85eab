#include <algorithm>
#include <cmath>

#include <openvino/op/constant.hpp>

#include "api/receipt.hpp"
#include "diagnose/findings.hpp"
#include "diagnose/layer_facts.hpp"
#include "diagnose/output_names.hpp"
#include "diagnose/verdict.hpp"
#include "octet/facts.hpp"
#include "octet/runtime.hpp"
#include "recipe/apply.hpp"
#include "recipe/receipt.hpp"
#include "runtime/inputs.hpp"

namespace octet {
namespace {

constexpr const char* stage = "report";
/// Layers that are put back into floating point to see what it gains, together.
constexpr std::size_t put_back[] = {1, 3};
/// What that must gain to be worth saying, and above which nothing is tried, in decibels.
constexpr double least_gain = 0.5, enough = 40;

using Samples = std::vector<runtime::Tensors>;

class Examination {
 public:
  Examination(const Model& reference, const Model& quantized, const ReportOptions& options)
      : reference_(reference), quantized_(quantized), options_(options) {}

  /// `decisions`: what `quantize` decided; null where it is not known.
  Facts run(const Samples& samples, const std::vector<LayerDecision>* decisions) {
    check_pair();
    samples_ = samples;
    const Model exact = begin(
        "structure", [&] { return recipe::with_structure_of(reference_, *quantized_.graph); });
    begin("outputs", [&] {
      reference_outputs_ = runtime::run_samples(reference_.graph, samples_, options_.threads);
      facts_.verdict = judge(quantized_);
    });
    facts_.settings = recipe::receipt_of(*quantized_.graph);
    const std::vector<LayerDecision> found =
        decisions ? *decisions : api::decisions_of(reference_, exact, quantized_);
    begin("layers", [&] {
      diagnose::describe_layers({exact, quantized_, found, samples_, options_.threads}, facts_);
    });
    begin("execution", [&] { execute(); });
    tell_verdict();
    begin("remedies", [&] { try_layers(exact); });
    for (Finding& finding : diagnose::findings_in(facts_))
      facts_.findings.push_back(std::move(finding));
    tell_diagnostics();
    return std::move(facts_);
  }

 private:
  template <typename Action>
  auto begin(const char* what, Action action) -> decltype(action()) {
    if (options_.is_cancelled && options_.is_cancelled())
      throw Error(ErrorCode::cancelled, stage, "", "the report was cancelled", "");
    if (options_.on_progress) options_.on_progress({what, 0, 0});
    return action();
  }

  void check_pair() const {
    const ov::Model &a = *reference_.graph, &b = *quantized_.graph;
    if (a.get_output_size() == b.get_output_size() && a.inputs().size() == b.inputs().size())
      return;
    throw Error(ErrorCode::invalid_argument, stage, "",
                "the models differ in the number of their inputs or outputs",
                "Give the model that the quantized one was made from");
  }

  Verdict judge(const Model& model) const {
    return diagnose::judge(diagnose::output_names(*reference_.graph), reference_outputs_,
                           runtime::run_samples(model.graph, samples_, options_.threads));
  }

  void execute() {
    RunOptions run;
    run.device = options_.device;
    run.precision = options_.precision;
    run.example.emplace();
    for (const ov::Tensor& tensor : samples_.front()) run.example->inputs.emplace_back("", tensor);
    facts_.precision = options_.precision;
    facts_.device = options_.device;
    std::vector<ExecutedLayer> layers[2];
    if (options_.seconds > 0) {
      std::vector<BenchmarkResult> results =
          benchmark({reference_, quantized_}, options_.seconds, run, options_.is_cancelled);
      ModelFacts* models[] = {&facts_.reference, &facts_.quantized};
      for (std::size_t i = 0; i < 2; ++i) {
        models[i]->median_ms = results[i].median_ms;
        models[i]->p10_ms = results[i].p10_ms;
        models[i]->p90_ms = results[i].p90_ms;
        models[i]->throughput = results[i].throughput;
        layers[i] = std::move(results[i].layers);
      }
    } else {
      layers[0] = executed_layers(reference_, run);
      layers[1] = executed_layers(quantized_, run);
    }
    diagnose::describe_execution(layers[0], layers[1], facts_);
    const auto describe = [](const Model& model, ModelFacts& facts) {
      facts.origin = model.origin;
      for (const auto& node : model.graph->get_ordered_ops())
        if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node))
          facts.constant_bytes += constant->get_byte_size();
    };
    describe(reference_, facts_.reference);
    describe(quantized_, facts_.quantized);
  }

  void tell_verdict() {
    const bool is_good = facts_.verdict.level == Verdict::Level::good;
    Finding finding;
    finding.level = is_good ? Finding::Level::good : Finding::Level::warning;
    finding.text = to_string(facts_.verdict);
    if (facts_.verdict.level == Verdict::Level::unchecked) {
      finding.level = Finding::Level::note;
      finding.text = "no output of the model could be compared";
    }
    if (!options_.remedy.empty()) {
      finding.remedy = "Say " + options_.remedy;
      if (const OutputDifference* output = diagnose::worst(facts_.verdict))
        finding.gain_from_db = output->sqnr_db;
      finding.gain_to_db = options_.remedy_sqnr_db;
    }
    facts_.findings.push_back(std::move(finding));
  }

  /// Puts the worst layers back into floating point, and measures what it gains.
  void try_layers(const Model& exact) {
    const OutputDifference* output = diagnose::worst(facts_.verdict);
    if (!output || !(output->sqnr_db < enough)) return;
    double best = output->sqnr_db + least_gain;
    std::optional<Finding> told;
    for (const std::size_t count : put_back) {
      const std::vector<std::string> layers = diagnose::worst_layers(facts_, count);
      if (layers.size() < count) break;
      const Verdict verdict =
          judge(diagnose::in_float(exact, quantized_, {layers.begin(), layers.end()}));
      const OutputDifference* reached = diagnose::worst(verdict);
      if (!reached || !(reached->sqnr_db >= best)) continue;
      // More layers must gain more.
      best = reached->sqnr_db + 2 * least_gain;
      told = finding_of(layers, output->sqnr_db, reached->sqnr_db);
    }
    if (told) facts_.findings.push_back(std::move(*told));
  }

  Finding finding_of(const std::vector<std::string>& layers, double from, double to) const {
    Finding finding;
    finding.level = facts_.verdict.level == Verdict::Level::good ? Finding::Level::note
                                                                 : Finding::Level::warning;
    finding.text = "The most error is made in ";
    std::string names;
    double milliseconds = 0;
    for (const LayerFacts& layer : facts_.layers) {
      if (std::ranges::find(layers, layer.node) == layers.end()) continue;
      names += (names.empty() ? "'" : ", '") + diagnose::name_of(layer) + "' (" +
               diagnose::decibels(*layer.sqnr_born) + ")";
      if (layer.fp32_ms && layer.int8_ms) milliseconds += *layer.fp32_ms - *layer.int8_ms;
    }
    finding.text += names;
    finding.layers = layers;
    finding.remedy = std::string("Leave ") + (layers.size() == 1 ? "it" : "them") +
                     " in floating point with ignored_scope.names";
    if (milliseconds > 0.005) {
      char text[64];
      std::snprintf(text, sizeof text, ", which costs about %.2f ms a call", milliseconds);
      finding.remedy += text;
    }
    finding.gain_from_db = from;
    finding.gain_to_db = to;
    return finding;
  }

  void tell_diagnostics() {
    facts_.diagnostics = options_.diagnostics;
    const auto made_from = facts_.settings.find("model_fingerprint");
    if (made_from != facts_.settings.end() && made_from->second != fingerprint(reference_))
      facts_.diagnostics.push_back(
          {Diagnostic::Severity::warning, stage, "other_reference",
           reference_.origin.empty() ? "" : "file '" + reference_.origin + "'",
           "the quantized model was made from another model",
           "Compare it with the one that it was made from"});
    for (const Diagnostic& diagnostic : facts_.diagnostics) {
      if (diagnostic.stage == "guard" || diagnostic.severity == Diagnostic::Severity::note)
        continue;
      facts_.findings.push_back(
          {Finding::Level::warning,
           (diagnostic.where.empty() ? "" : diagnostic.where + ": ") + diagnostic.message,
           {},
           diagnostic.remedy,
           {},
           {}});
    }
  }

  const Model &reference_, &quantized_;
  const ReportOptions& options_;
  Samples samples_, reference_outputs_;
  Facts facts_;
};

Samples bound(const Model& model, const std::vector<Sample>& samples) {
  Samples result;
  for (const Sample& sample : samples)
    result.push_back(
        runtime::bind_inputs(*model.graph, sample, "sample " + std::to_string(result.size())));
  return result;
}

}  // namespace

Facts examine(const Model& reference, const Model& quantized, Dataset& data,
              const ReportOptions& options) {
  std::vector<Sample> samples;
  while (samples.size() < std::max<std::size_t>(1, options.samples)) {
    std::optional<Sample> sample = data.next();
    if (!sample) break;
    samples.push_back(std::move(*sample));
  }
  if (samples.empty())
    throw Error(ErrorCode::dataset_empty, stage, data.describe(), "there is no sample",
                "Give at least one");
  return Examination(reference, quantized, options).run(bound(reference, samples), nullptr);
}

Facts examine(const Model& reference, const QuantizeResult& result, const ReportOptions& options) {
  if (result.kept.empty())
    throw Error(ErrorCode::invalid_argument, stage, "option 'on_collapse'",
                "no sample was kept to report on", "Choose another value than 'ignore'");
  ReportOptions told = options;
  told.diagnostics.insert(told.diagnostics.begin(), result.diagnostics.begin(),
                          result.diagnostics.end());
  told.remedy = result.verdict.remedy;
  told.remedy_sqnr_db = result.verdict.remedy_sqnr_db;
  return Examination(reference, result.model, told)
      .run(bound(reference, result.kept), &result.layers);
}

}  // namespace octet
