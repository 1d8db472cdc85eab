#include "algorithms/smooth_quant.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/op/matmul.hpp>
#include <tuple>
#include <unordered_map>

#include "recipe/channel_blocks.hpp"
#include "recipe/constants.hpp"
#include "recipe/normalization.hpp"
#include "recipe/weighted_op.hpp"

namespace octet::algorithms {
namespace {

constexpr double smallest_magnitude = 1e-5;
constexpr double largest_scale = 100;
constexpr double lower_percentile = 0.1;

double alpha_of(const ov::Node& layer, const SmoothQuantAlphas& alphas) {
  return ov::is_type<ov::op::v0::MatMul>(&layer) ? alphas.matmul : alphas.convolution;
}

/// Largest magnitude of `weight` for each of its input channels.
std::vector<double> weight_magnitudes(const recipe::ConstantPtr& weight,
                                      const std::vector<std::size_t>& input_axes) {
  const recipe::FloatView values(weight);
  std::vector<double> largest(recipe::channel_count(weight->get_shape(), input_axes), 0.0);
  recipe::for_each_block(weight->get_shape(), input_axes,
                         [&](std::size_t first, std::size_t size, std::size_t channel) {
                           for (std::size_t i = first; i < first + size; ++i)
                             largest[channel] =
                                 std::max(largest[channel], std::abs(double{values[i]}));
                         });
  return largest;
}

/// Linear interpolation between the sorted values, as numpy's default.
double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

std::vector<float> scales(const statistics::Range& activation, const std::vector<double>& weight,
                          double alpha) {
  std::vector<double> scale(weight.size());
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double a = std::max({std::abs(double{activation.low[c]}),
                               std::abs(double{activation.high[c]}), smallest_magnitude});
    const double w = std::max(weight[c], smallest_magnitude);
    scale[c] = std::pow(a, alpha) / std::pow(w, 1 - alpha);
  }
  const double low = std::min(percentile(scale, lower_percentile), largest_scale);
  std::vector<float> result;
  for (const double value : scale)
    result.push_back(static_cast<float>(std::clamp(value, low, largest_scale)));
  return result;
}

std::string unused_name(const ov::Model& graph, const std::string& name) {
  std::string candidate = name;
  const auto ops = graph.get_ops();
  for (int i = 1;
       std::any_of(ops.begin(), ops.end(),
                   [&](const auto& node) { return node->get_friendly_name() == candidate; });
       ++i)
    candidate = name + "_" + std::to_string(i);
  return candidate;
}

}  // namespace

bool wants_smooth_quant(const QuantizeOptions& options) {
  const SmoothQuantAlphas& alphas = options.advanced.smooth_quant_alphas;
  return options.model_type == ModelType::transformer &&
         (alphas.matmul >= 0 || alphas.convolution >= 0);
}

RangeEstimatorParameters channel_extremes() {
  RangeEstimatorParameters estimator;
  estimator.min.statistics_type = StatisticsType::min;
  estimator.min.aggregator_type = AggregatorType::min;
  estimator.max.statistics_type = StatisticsType::max;
  estimator.max.aggregator_type = AggregatorType::max;
  return estimator;
}

std::vector<Edit> smooth_quant_places(const Model& model, const QuantizeOptions& options) {
  if (!wants_smooth_quant(options)) return {};
  using Key = std::tuple<TensorRef, std::size_t, double>;
  std::map<Key, std::size_t> places;
  std::vector<ScaleChannels> found;
  std::vector<ov::Output<ov::Node>> tensors;
  for (const auto& layer : model.graph->get_ordered_ops()) {
    const std::optional<recipe::WeightedOp> op = recipe::weighted_op(*layer);
    const double alpha = op ? alpha_of(*layer, options.advanced.smooth_quant_alphas) : -1;
    // A weight that other layers share can't be scaled for one of them.
    if (alpha < 0 || !recipe::used_once(layer->input_value(op->weight_port)) ||
        !recipe::constant_value(layer->input_value(op->weight_port)))
      continue;
    const ov::Output<ov::Node> tensor = layer->input_value(op->data_port);
    const TensorRef reference{tensor.get_node()->get_friendly_name(), tensor.get_index()};
    const auto [place, is_new] = places.emplace(Key{reference, op->data_axis, alpha}, found.size());
    if (is_new) {
      found.push_back(
          {"", reference, {}, op->data_axis, std::vector<float>(op->input_channels, 1.0F)});
      tensors.push_back(tensor);
    }
    found[place->second].uses.push_back({layer->get_friendly_name(), op->data_port});
  }
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ScaleChannels& edit = found[i];
    std::sort(edit.uses.begin(), edit.uses.end());
    const bool is_alone = tensors[i].get_target_inputs().size() == edit.uses.size();
    if (!is_alone || !recipe::find_affine(tensors[i], edit.axis, edit.scale.size()))
      edit.name = unused_name(
          *model.graph,
          edit.tensor.node + "/smooth_quant" +
              (edit.tensor.output == 0 ? "" : "." + std::to_string(edit.tensor.output)));
    edits.emplace_back(std::move(edit));
  }
  return edits;
}

void SmoothQuant::request(const Context& context, statistics::Requests& requests) {
  first_request_ = requests.ranges.size();
  for (const Edit& any : context.structure)
    if (const auto* edit = std::get_if<ScaleChannels>(&any))
      requests.ranges.push_back({edit->tensor, edit->axis, channel_extremes()});
}

void SmoothQuant::run(const Context& context, const statistics::Results& results,
                      std::vector<Edit>& edits, std::vector<Diagnostic>&) {
  std::unordered_map<std::string, std::shared_ptr<ov::Node>> nodes;
  for (const auto& node : context.model.graph->get_ordered_ops())
    nodes.emplace(node->get_friendly_name(), node);
  std::size_t request = first_request_;
  for (Edit& any : edits) {
    auto* edit = std::get_if<ScaleChannels>(&any);
    if (!edit) continue;
    std::vector<double> weight(edit->scale.size(), 0.0);
    for (const UseRef& use : edit->uses) {
      const std::shared_ptr<ov::Node>& layer = nodes.at(use.node);
      const recipe::WeightedOp op = recipe::weighted_op(*layer).value();
      const std::vector<double> own = weight_magnitudes(
          recipe::constant_value(layer->input_value(op.weight_port)), op.input_axes);
      for (std::size_t c = 0; c < weight.size(); ++c) weight[c] = std::max(weight[c], own[c]);
    }
    const double alpha =
        alpha_of(*nodes.at(edit->uses.front().node), context.options.advanced.smooth_quant_alphas);
    edit->scale = scales(results.ranges.at(request++), weight, alpha);
  }
}

}  // namespace octet::algorithms
