#include "octet/quantizers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <openvino/op/convert.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/subtract.hpp>

#include "core/text.hpp"
#include "recipe/constants.hpp"

namespace octet {
namespace {

using ov::op::v0::Constant;
using ov::op::v0::Convert;

std::vector<std::string> readers_of(const ov::Node& node) {
  std::vector<std::string> names;
  for (const auto& use : node.output(0).get_target_inputs())
    names.push_back(use.get_node()->get_friendly_name());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// `low`, `high` at the ends of `levels` codes that count from 0.
void set_range(Quantizer& quantizer, const std::vector<double>& low,
               const std::vector<double>& high) {
  for (std::size_t i = 0; i < low.size(); ++i) {
    const double scale = (high[i] - low[i]) / static_cast<double>(quantizer.levels - 1);
    quantizer.scale.push_back(scale);
    quantizer.zero_point.push_back(scale == 0 ? 0 : -low[i] / scale);
  }
}

std::optional<Quantizer> fake_quantize(const std::shared_ptr<ov::Node>& node) {
  const auto quantize = ov::as_type_ptr<ov::op::v0::FakeQuantize>(node);
  if (!quantize) return std::nullopt;
  const auto low = recipe::constant_value(node->input_value(1));
  const auto high = recipe::constant_value(node->input_value(2));
  if (!low || !high || low->get_shape() != high->get_shape()) return std::nullopt;
  Quantizer quantizer;
  const auto constant = recipe::source_constant(node->input_value(0));
  quantizer.kind = constant ? Quantizer::Kind::weight : Quantizer::Kind::activation;
  quantizer.name = node->get_friendly_name();
  quantizer.tensor = constant ? constant->get_friendly_name()
                              : node->input_value(0).get_node()->get_friendly_name();
  quantizer.layers = readers_of(*node);
  quantizer.levels = quantize->get_levels();
  set_range(quantizer, low->cast_vector<double>(), high->cast_vector<double>());
  return quantizer;
}

/// Integers → Convert [→ Subtract] → Multiply.
std::optional<Quantizer> integer_weight(const std::shared_ptr<ov::Node>& node) {
  if (!ov::is_type<ov::op::v1::Multiply>(node)) return std::nullopt;
  const auto scale = recipe::constant_value(node->input_value(1));
  std::shared_ptr<ov::Node> codes = node->get_input_node_shared_ptr(0);
  recipe::ConstantPtr zero;
  if (ov::is_type<ov::op::v1::Subtract>(codes)) {
    zero = recipe::constant_value(codes->input_value(1));
    if (!zero) return std::nullopt;
    codes = codes->get_input_node_shared_ptr(0);
  }
  if (!scale || !ov::is_type<Convert>(codes)) return std::nullopt;
  const auto constant = ov::as_type_ptr<Constant>(codes->get_input_node_shared_ptr(0));
  if (!constant || !constant->get_element_type().is_integral_number() ||
      constant->get_element_type().bitwidth() > 8)
    return std::nullopt;
  Quantizer quantizer;
  quantizer.kind = Quantizer::Kind::weight;
  quantizer.name = node->get_friendly_name();
  quantizer.tensor = constant->get_friendly_name();
  quantizer.layers = readers_of(*node);
  quantizer.levels = std::size_t{1} << constant->get_element_type().bitwidth();
  quantizer.scale = scale->cast_vector<double>();
  quantizer.zero_point.assign(quantizer.scale.size(), 0);
  if (zero) {
    const std::vector<double> points = zero->cast_vector<double>();
    for (std::size_t i = 0; i < quantizer.zero_point.size(); ++i)
      quantizer.zero_point[i] = points[points.size() == 1 ? 0 : std::min(i, points.size() - 1)];
  }
  return quantizer;
}

std::vector<Quantizer> sorted(std::vector<Quantizer> quantizers) {
  std::ranges::stable_sort(quantizers, {}, &Quantizer::name);
  return quantizers;
}

std::vector<double> doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

/// What differs between two quantizers of one name; nothing where they are equal.
std::optional<QuantizerChange> change_of(const Quantizer& before, const Quantizer& after) {
  QuantizerChange change{QuantizerChange::Kind::moved, after, 0, 0, ""};
  std::vector<std::string> otherwise;
  if (before.levels != after.levels)
    otherwise.push_back(std::to_string(before.levels) + " levels became " +
                        std::to_string(after.levels));
  if (before.layers != after.layers)
    otherwise.push_back("other layers read it: " + core::join(after.layers, ", ") + " instead of " +
                        core::join(before.layers, ", "));
  if (before.scale.size() != after.scale.size()) {
    otherwise.push_back(std::to_string(before.scale.size()) + " scales became " +
                        std::to_string(after.scale.size()));
  } else {
    for (std::size_t i = 0; i < after.scale.size(); ++i) {
      const double from = before.scale[i], to = after.scale[i];
      const double moved = from == to  ? 0
                           : from == 0 ? std::numeric_limits<double>::infinity()
                                       : std::abs(to / from - 1);
      change.scale_change = std::max(change.scale_change, moved);
      change.zero_point_change =
          std::max(change.zero_point_change, std::abs(after.zero_point[i] - before.zero_point[i]));
    }
  }
  change.otherwise = core::join(otherwise, "; ");
  const bool is_equal =
      change.scale_change == 0 && change.zero_point_change == 0 && otherwise.empty();
  return is_equal ? std::nullopt : std::optional(change);
}

}  // namespace

std::string word_of(Quantizer::Kind kind) {
  return kind == Quantizer::Kind::activation ? "activation" : "weight";
}

std::string word_of(QuantizerChange::Kind kind) {
  switch (kind) {
    case QuantizerChange::Kind::vanished:
      return "vanished";
    case QuantizerChange::Kind::appeared:
      return "appeared";
    case QuantizerChange::Kind::moved:
      return "moved";
  }
  return "";
}

std::vector<Quantizer> quantizers_of(const Model& model) {
  std::vector<Quantizer> quantizers;
  for (const auto& node : model.graph->get_ordered_ops()) {
    if (auto activation = fake_quantize(node)) quantizers.push_back(std::move(*activation));
    if (auto weight = integer_weight(node)) quantizers.push_back(std::move(*weight));
  }
  return sorted(std::move(quantizers));
}

std::vector<Quantizer> quantizers_of(const Recipe& recipe) {
  std::vector<Quantizer> quantizers;
  const auto add = [&](Quantizer quantizer, const QuantizationRange& range) {
    quantizer.levels = range.levels;
    std::ranges::sort(quantizer.layers);
    set_range(quantizer, doubles(range.low), doubles(range.high));
    quantizers.push_back(std::move(quantizer));
  };
  for (const Edit& edit : recipe.edits) {
    if (const auto* activation = std::get_if<QuantizeActivation>(&edit)) {
      Quantizer quantizer{
          Quantizer::Kind::activation, activation->name, activation->tensor.node, {}, 256, {}, {}};
      std::set<std::string> layers;
      for (const UseRef& use : activation->uses) layers.insert(use.node);
      quantizer.layers.assign(layers.begin(), layers.end());
      add(std::move(quantizer), activation->range);
    } else if (const auto* weight = std::get_if<QuantizeWeight>(&edit)) {
      add({Quantizer::Kind::weight,
           weight->name,
           weight->constant,
           {weight->use.node},
           256,
           {},
           {}},
          weight->range);
    }
  }
  return sorted(std::move(quantizers));
}

std::vector<QuantizerChange> changes(const std::vector<Quantizer>& before,
                                     const std::vector<Quantizer>& after) {
  using Key = std::pair<Quantizer::Kind, std::string>;
  std::map<Key, const Quantizer*> known;
  for (const Quantizer& quantizer : before) known[{quantizer.kind, quantizer.name}] = &quantizer;
  std::vector<QuantizerChange> appeared, moved, all;
  for (const Quantizer& quantizer : after) {
    const auto found = known.find({quantizer.kind, quantizer.name});
    if (found == known.end()) {
      appeared.push_back({QuantizerChange::Kind::appeared, quantizer, 0, 0, ""});
      continue;
    }
    if (auto change = change_of(*found->second, quantizer)) moved.push_back(std::move(*change));
    known.erase(found);
  }
  for (const auto& [key, quantizer] : known)
    all.push_back({QuantizerChange::Kind::vanished, *quantizer, 0, 0, ""});
  std::ranges::stable_sort(moved, std::ranges::greater(), [](const QuantizerChange& change) {
    return std::pair(change.scale_change, change.zero_point_change);
  });
  all.insert(all.end(), appeared.begin(), appeared.end());
  all.insert(all.end(), moved.begin(), moved.end());
  return all;
}

}  // namespace octet
