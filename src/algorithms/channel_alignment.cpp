#include "algorithms/channel_alignment.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "algorithms/channel_scaling.hpp"
#include "algorithms/smooth_quant.hpp"
#include "recipe/absorber.hpp"
#include "recipe/constants.hpp"
#include "recipe/weighted_op.hpp"

namespace octet::algorithms {
namespace {

constexpr double largest_scale = 100;

/// The edit for the layers that read `tensor`; nothing unless all that read it are layers whose
/// weights can be scaled.
std::optional<ScaleChannels> pair_at(const ov::Output<ov::Node>& tensor) {
  ScaleChannels edit;
  edit.tensor = {tensor.get_node()->get_friendly_name(), tensor.get_index()};
  std::size_t channels = 0;
  for (const ov::Input<ov::Node>& use : tensor.get_target_inputs()) {
    const ov::Node& layer = *use.get_node();
    const std::optional<recipe::WeightedOp> op = recipe::weighted_op(layer);
    if (!op || op->data_port != use.get_index() ||
        !recipe::constant_value(layer.input_value(op->weight_port)) ||
        !recipe::used_once(layer.input_value(op->weight_port)))
      return std::nullopt;
    if (edit.uses.empty()) {
      edit.axis = op->data_axis;
      channels = op->input_channels;
    }
    if (edit.axis != op->data_axis || channels != op->input_channels) return std::nullopt;
    edit.uses.push_back({layer.get_friendly_name(), use.get_index()});
  }
  if (edit.uses.empty()) return std::nullopt;
  std::sort(edit.uses.begin(), edit.uses.end());
  edit.scale.assign(channels, 1.0F);
  const auto absorber = recipe::find_absorber(tensor, edit.axis, channels);
  if (!absorber || !absorber->layer) return std::nullopt;
  return edit;
}

/// Scales for the channels that are alive; 1 for the others.
std::vector<float> scales(const std::vector<double>& activation,
                          const std::vector<double>& weight) {
  std::vector<double> scale(weight.size(), 0.0), alive;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    if (!(activation[c] > 0 && weight[c] > 0)) continue;
    scale[c] = std::sqrt(activation[c] / weight[c]);
    alive.push_back(scale[c]);
  }
  const double median = alive.empty() ? 1 : percentile(alive, 0.5);
  std::vector<float> result;
  for (const double value : scale)
    result.push_back(value == 0 ? 1.0F
                                : static_cast<float>(std::clamp(value / median, 1 / largest_scale,
                                                                largest_scale)));
  return result;
}

}  // namespace

std::vector<Edit> channel_alignment_places(const Model& model, const QuantizeOptions& options,
                                           const std::vector<Edit>& taken) {
  if (options.advanced.disable_channel_alignment) return {};
  std::set<UseRef> scaled;
  for (const Edit& any : taken)
    if (const auto* edit = std::get_if<ScaleChannels>(&any))
      scaled.insert(edit->uses.begin(), edit->uses.end());
  std::vector<Edit> edits;
  for (const auto& node : model.graph->get_ordered_ops())
    for (const ov::Output<ov::Node>& tensor : node->outputs()) {
      std::optional<ScaleChannels> edit = pair_at(tensor);
      if (!edit || std::any_of(edit->uses.begin(), edit->uses.end(),
                               [&](const UseRef& use) { return scaled.count(use) > 0; }))
        continue;
      edits.emplace_back(std::move(*edit));
    }
  return edits;
}

void ChannelAlignment::request(const Context& context, statistics::Requests& requests) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  for (const Edit& any : context.structure) {
    const auto* edit = std::get_if<ScaleChannels>(&any);
    if (!edit || is_smooth_quant(*edit, nodes, context.options)) continue;
    requests_[edit->tensor] = requests.ranges.size();
    requests.ranges.push_back({edit->tensor, edit->axis, channel_extremes()});
  }
}

void ChannelAlignment::run(const Context& context, const statistics::Results& results,
                           std::vector<Edit>& edits, std::vector<Diagnostic>&) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  for (Edit& any : edits) {
    auto* edit = std::get_if<ScaleChannels>(&any);
    if (!edit || is_smooth_quant(*edit, nodes, context.options)) continue;
    edit->scale = scales(magnitudes(results.ranges.at(requests_.at(edit->tensor))),
                         weight_magnitudes(*edit, nodes));
  }
}

}  // namespace octet::algorithms
