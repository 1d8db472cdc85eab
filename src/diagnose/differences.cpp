#include "octet/differences.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "diagnose/measured_layers.hpp"
#include "recipe/apply.hpp"
#include "recipe/receipt.hpp"
#include "runtime/inputs.hpp"

namespace octet {
namespace {

constexpr std::size_t samples_for_layers = 4;

/// Yields what it reads from another dataset, and keeps the first items.
class Keeping final : public Dataset {
 public:
  explicit Keeping(Dataset& data) : data_(data) {}
  std::optional<Sample> next() override {
    std::optional<Sample> sample = data_.next();
    if (sample && kept.size() < samples_for_layers) kept.push_back(*sample);
    return sample;
  }
  std::optional<std::size_t> size() const override { return data_.size(); }
  std::string describe() const override { return data_.describe(); }

  std::vector<Sample> kept;

 private:
  Dataset& data_;
};

std::vector<SettingChange> setting_changes(const std::map<std::string, std::string>& before,
                                           const std::map<std::string, std::string>& after) {
  std::map<std::string, SettingChange> all;
  for (const auto& [key, value] : before) all[key] = {key, value, ""};
  for (const auto& [key, value] : after) {
    all[key].key = key;
    all[key].after = value;
  }
  std::vector<SettingChange> changes;
  for (const auto& [key, change] : all)
    if (change.before != change.after) changes.push_back(change);
  return changes;
}

/// The values of an edit that is no quantizer, by what it does and where.
using Edits = std::map<std::pair<std::string, std::string>, std::vector<float>>;
Edits other_edits(const Recipe& recipe) {
  Edits edits;
  for (const Edit& edit : recipe.edits) {
    if (const auto* fold = std::get_if<FoldBatchNorm>(&edit))
      edits[{"fold_batch_norm", fold->node}] = {};
    else if (const auto* scale = std::get_if<ScaleChannels>(&edit))
      edits[{"scale_channels", scale->tensor.node}] = scale->scale;
    else if (const auto* shift = std::get_if<ShiftBias>(&edit))
      edits[{"shift_bias", shift->node}] = shift->shift;
  }
  return edits;
}

double largest_change(const std::vector<float>& before, const std::vector<float>& after) {
  if (before.size() != after.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < after.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(after[i]) - before[i]));
  return largest;
}

std::map<std::string, std::string> settings_of(const Recipe& recipe) {
  std::map<std::string, std::string> settings = recipe.provenance;
  settings["octet_version"] = recipe.octet_version;
  settings["openvino_version"] = recipe.openvino_version;
  settings["model_fingerprint"] = recipe.model_fingerprint;
  return settings;
}

/// The models with the same structure, as far as notes on it go.
std::pair<Model, Model> alike(const Model& first, const Model& second) {
  const bool has_first = recipe::has_structure(*first.graph);
  const bool has_second = recipe::has_structure(*second.graph);
  if (has_second && !has_first) return {recipe::with_structure_of(first, *second.graph), second};
  if (has_first && !has_second) return {first, recipe::with_structure_of(second, *first.graph)};
  return {first, second};
}

}  // namespace

ModelDifferences differences(const Model& first, const Model& second, Dataset& data,
                             std::size_t samples, const RunOptions& options) {
  ModelDifferences found;
  Keeping keeping(data);
  found.comparison = compare(first, second, keeping, samples, options);
  found.quantizers = changes(quantizers_of(first), quantizers_of(second));
  found.settings =
      setting_changes(recipe::receipt_of(*first.graph), recipe::receipt_of(*second.graph));

  const auto [a, b] = alike(first, second);
  std::vector<runtime::Tensors> inputs;
  for (const Sample& sample : keeping.kept)
    inputs.push_back(
        runtime::bind_inputs(*first.graph, sample, "sample " + std::to_string(inputs.size())));
  const auto measured = diagnose::measure_layers(
      *a.graph, *b.graph, diagnose::shifts_between(*a.graph, *b.graph), inputs, options.threads);
  for (const auto& node : a.graph->get_ordered_ops())
    if (const auto ratio = measured.sqnr_db.find(node->get_friendly_name());
        ratio != measured.sqnr_db.end())
      found.layers.push_back({node->get_friendly_name(), ratio->second});
  return found;
}

RecipeDifferences differences(const Recipe& first, const Recipe& second) {
  RecipeDifferences found;
  found.quantizers = changes(quantizers_of(first), quantizers_of(second));
  found.settings = setting_changes(settings_of(first), settings_of(second));
  Edits before = other_edits(first);
  using Kind = QuantizerChange::Kind;
  for (const auto& [key, values] : other_edits(second)) {
    const auto known = before.find(key);
    if (known == before.end()) {
      found.edits.push_back({Kind::appeared, key.first, key.second, 0});
      continue;
    }
    if (const double change = largest_change(known->second, values); change != 0)
      found.edits.push_back({Kind::moved, key.first, key.second, change});
    before.erase(known);
  }
  for (const auto& [key, values] : before)
    found.edits.push_back({Kind::vanished, key.first, key.second, 0});
  return found;
}

}  // namespace octet
