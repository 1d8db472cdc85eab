#include "algorithms/smooth_quant.hpp"

#include <algorithm>
#include <cmath>
#include <openvino/op/matmul.hpp>
#include <tuple>

#include "recipe/absorber.hpp"
#include "recipe/constants.hpp"
#include "recipe/weighted_op.hpp"

namespace octet::algorithms {
namespace {

constexpr double smallest_magnitude = 1e-5;
constexpr double largest_scale = 100;
constexpr double lower_percentile = 0.1;

double alpha_of(const ov::Node& layer, const SmoothQuantAlphas& alphas) {
  return ov::is_type<ov::op::v0::MatMul>(&layer) ? alphas.matmul : alphas.convolution;
}

std::vector<float> scales(const std::vector<double>& activation, const std::vector<double>& weight,
                          double alpha) {
  std::vector<double> scale(weight.size());
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double a = std::max(activation[c], smallest_magnitude);
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

bool is_smooth_quant(const ScaleChannels& edit, const NodesByName& nodes,
                     const QuantizeOptions& options) {
  return wants_smooth_quant(options) &&
         alpha_of(*nodes.at(edit.uses.front().node), options.advanced.smooth_quant_alphas) >= 0;
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
    if (!is_alone || !recipe::find_absorber(tensors[i], edit.axis, edit.scale.size()))
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
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  for (const Edit& any : context.structure) {
    const auto* edit = std::get_if<ScaleChannels>(&any);
    if (edit && is_smooth_quant(*edit, nodes, context.options))
      requests.ranges.push_back({edit->tensor, edit->axis, channel_extremes()});
  }
}

void SmoothQuant::run(const Context& context, const statistics::Results& results,
                      std::vector<Edit>& edits, std::vector<Diagnostic>&) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  std::size_t request = first_request_;
  for (Edit& any : edits) {
    auto* edit = std::get_if<ScaleChannels>(&any);
    if (!edit || !is_smooth_quant(*edit, nodes, context.options)) continue;
    const double alpha =
        alpha_of(*nodes.at(edit->uses.front().node), context.options.advanced.smooth_quant_alphas);
    edit->scale =
        scales(magnitudes(results.ranges.at(request++)), weight_magnitudes(*edit, nodes), alpha);
  }
}

}  // namespace octet::algorithms
