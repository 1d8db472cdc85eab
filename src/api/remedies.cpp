#include "api/remedies.hpp"

#include <cmath>
#include <functional>

#include "core/text.hpp"
#include "diagnose/output_names.hpp"
#include "diagnose/verdict.hpp"

namespace octet::api {
namespace {

/// What a remedy has to add to be worth saying, in decibels.
constexpr double least_gain = 2;
/// More than this needs no further remedy.
constexpr double enough = 20;
/// A remedy is needless if without it there is still enough, and at most this is lost.
constexpr double most_loss = 10;
/// Layers with more error than this are left out together; where none has, the worst few.
constexpr double bad_layer_below = 12;
constexpr std::size_t most_layers = 8, few_layers = 3;

/// An option, as the user writes it, with its effect; no effect where it is set already.
struct Remedy {
  std::string text;
  std::function<void(QuantizeOptions&)> set;
};

/// `layers`: the worst first.
std::vector<std::string> worst_layers(const std::vector<LayerError>& layers) {
  std::vector<std::string> names;
  if (layers.empty()) return names;
  const bool has_bad = layers.front().sqnr_db < bad_layer_below;
  for (const LayerError& layer : layers) {
    if (names.size() == (has_bad ? most_layers : few_layers)) break;
    if (has_bad && layer.sqnr_db >= bad_layer_below) break;
    names.push_back(layer.node);
  }
  return names;
}

/// What an ignored scope calls the layer: its module's path where the module does nothing else, or
/// the name of its value in the source.
std::string users_name(const SourceMap& sources, const std::string& node) {
  const SourceInfo* layer = sources.find(node);
  if (!layer || layer->value_name.empty()) return node;
  const std::string& path = layer->module_path;
  if (path.empty()) return layer->value_name;
  for (const auto& [name, other] : sources.entries())
    if (other.op_type != "weight" && other.value_name != layer->value_name &&
        (other.module_path == path || other.module_path.starts_with(path + ".")))
      return layer->value_name;
  return path;
}

std::vector<Remedy> remedies_for(const SourceMap& sources, const QuantizeOptions& resolved,
                                 const Verdict& verdict) {
  std::vector<Remedy> list;
  if (resolved.model_type != ModelType::transformer)
    list.push_back({"model_type=transformer",
                    [](QuantizeOptions& options) { options.model_type = ModelType::transformer; }});
  if (resolved.preset != Preset::mixed)
    list.push_back(
        {"preset=mixed", [](QuantizeOptions& options) { options.preset = Preset::mixed; }});
  if (resolved.advanced.disable_channel_alignment)
    list.push_back(
        {"advanced_parameters.disable_channel_alignment=false",
         [](QuantizeOptions& options) { options.advanced.disable_channel_alignment = false; }});
  list.push_back({"advanced_parameters.activations_range_estimator_params=MINMAX",
                  [](QuantizeOptions& options) {
                    auto& estimator = options.advanced.activations_range_estimator_params;
                    estimator.min = {StatisticsType::min, AggregatorType::min, {}};
                    estimator.max = {StatisticsType::max, AggregatorType::max, {}};
                  }});
  std::vector<std::string> layers = worst_layers(verdict.layers);
  for (std::string& layer : layers) layer = users_name(sources, layer);
  if (!layers.empty())
    list.push_back({"ignored_scope.names=[" + core::join(layers, ", ") + "]",
                    [layers](QuantizeOptions& options) {
                      auto& names = options.ignored_scope.names;
                      names.insert(names.end(), layers.begin(), layers.end());
                    }});
  return list;
}

double score_of(const Verdict& verdict) {
  const OutputDifference* output = diagnose::worst(verdict);
  return output ? output->sqnr_db : -HUGE_VAL;
}

}  // namespace

void find_remedy(const Model& model, const QuantizeOptions& options, const Quantized& quantized,
                 const std::vector<runtime::Tensors>& inputs,
                 const std::vector<runtime::Tensors>& exact, Verdict& verdict) {
  std::vector<Sample> samples;
  for (const runtime::Tensors& tensors : inputs) {
    Sample& sample = samples.emplace_back();
    for (const ov::Tensor& tensor : tensors) sample.inputs.emplace_back("", tensor);
  }
  const std::vector<std::string> names = diagnose::output_names(*model.graph);
  const auto score = [&](const QuantizeOptions& trial) {
    Stages stages(trial);
    const auto data = in_memory(samples);
    const Quantized made = run_pipeline(model, *data, trial, 0, stages);
    return score_of(diagnose::judge(
        names, exact, runtime::run_samples(made.result.model.graph, inputs, trial.threads)));
  };
  QuantizeOptions usual = options;
  usual.on_progress = {};
  usual.on_diagnostic = {};
  usual.advanced.batchwise_statistics = false;  // the kept samples are what the calibration ran
  const auto score_with = [&](const std::vector<Remedy>& remedies) {
    QuantizeOptions trial = usual;
    for (const Remedy& remedy : remedies) remedy.set(trial);
    return score(trial);
  };
  double best_score = score_of(verdict);
  std::vector<Remedy> helped;
  for (const Remedy& remedy : remedies_for(model.sources, quantized.options, verdict)) {
    if (best_score > enough) break;
    std::vector<Remedy> trial = helped;
    trial.push_back(remedy);
    const double reached = score_with(trial);
    if (!(reached >= best_score + least_gain)) continue;
    helped = std::move(trial);
    best_score = reached;
  }
  // What helped at first may have become needless by what came later. Named is all but that.
  for (std::size_t i = 0; i + 1 < helped.size();) {
    std::vector<Remedy> trial = helped;
    trial.erase(trial.begin() + static_cast<std::ptrdiff_t>(i));
    const double reached = score_with(trial);
    if (reached > enough && reached > best_score - most_loss) {
      helped = std::move(trial);
      best_score = reached;
    } else {
      ++i;
    }
  }
  if (helped.empty()) return;
  std::vector<std::string> said;
  for (const Remedy& remedy : helped) said.push_back(remedy.text);
  verdict.remedy = core::join(said, ", ");
  verdict.remedy_sqnr_db = best_score;
}

}  // namespace octet::api
