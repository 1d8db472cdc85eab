#include "algorithms/fast_bias_correction.hpp"

#include <algorithm>
#include <cmath>

#include "algorithms/channel_scaling.hpp"
#include "algorithms/mean_response.hpp"
#include "algorithms/scaled_layers.hpp"
#include "recipe/constants.hpp"
#include "recipe/weight_codes.hpp"
#include "recipe/workspace.hpp"

namespace octet::algorithms {
namespace {

using recipe::WeightedOp;

/// A bias is inserted where the mean error is more than this share of the layer's mean output:
/// below, it drowns in the rounding of activations (a step is 1/256 of their range).
constexpr double smallest_worth = 1e-3;

double root_mean_square(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return values.empty() ? 0 : std::sqrt(sum / static_cast<double>(values.size()));
}

/// The weight as the integers will stand for it, minus the weight.
std::vector<float> rounding_error(const recipe::FloatView& weight, const ov::Shape& shape,
                                  const QuantizeWeight& edit) {
  std::vector<float> error = recipe::dequantize(
      recipe::quantize_weight(weight.data(), shape, edit.axes, edit.spec, edit.range), shape,
      edit.axes);
  for (std::size_t i = 0; i < error.size(); ++i) error[i] -= weight[i];
  return error;
}

void drop_beyond(std::vector<double>& shift, double limit) {
  for (double& value : shift)
    if (!(std::abs(value) < limit)) value = 0;
}

}  // namespace

void FastBiasCorrection::request(const Context& context, statistics::Requests& requests) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  for (const scheme::WeightQuantizer& quantizer : context.placement.weights) {
    const std::shared_ptr<ov::Node>& layer = nodes.at(quantizer.use.node);
    const std::optional<WeightedOp> op = recipe::weighted_op(*layer);
    if (!op || op->weight_port != quantizer.use.input) continue;
    const ov::Output<ov::Node> data = layer->input_value(op->data_port);
    requests_[quantizer.use.node] = requests.channel_means.size();
    requests.channel_means.push_back(
        {{data.get_node()->get_friendly_name(), data.get_index()}, op->data_axis});
  }
}

void FastBiasCorrection::run(const Context& context, const statistics::Results& results,
                             std::vector<Edit>& edits, std::vector<Diagnostic>&) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  const ScaledLayers scaled(edits, *context.model.graph);
  const BiasCorrectionParameters& options = context.options.advanced.bias_correction_params;
  std::vector<Edit> shifts;
  for (const Edit& any : edits) {
    const auto* edit = std::get_if<QuantizeWeight>(&any);
    if (!edit || requests_.count(edit->use.node) == 0) continue;
    const std::shared_ptr<ov::Node>& layer = nodes.at(edit->use.node);
    const WeightedOp op = recipe::weighted_op(*layer).value();
    if (op.weight_port != edit->use.input) continue;
    std::vector<double> means = results.channel_means.at(requests_.at(edit->use.node));
    if (const ScaleChannels* scale = scaled.of_layer(edit->use.node))
      for (std::size_t c = 0; c < means.size(); ++c) means[c] /= scale->scale[c];
    const recipe::ConstantPtr constant = scaled.weight(*layer, op.weight_port);
    const recipe::FloatView weight(constant);
    std::vector<double> shift =
        mean_response(*layer, op, rounding_error(weight, constant->get_shape(), *edit), means);
    for (double& value : shift) value = -value;

    const recipe::Bias bias = recipe::find_bias(layer, op.rank, op.output_axis, op.output_channels);
    if (bias.add) {
      double largest = 0;
      for (const double value : bias.values) largest = std::max(largest, std::abs(value));
      if (options.threshold && largest > 0) drop_beyond(shift, *options.threshold * largest);
    } else if (!options.apply_for_all_nodes) {
      const std::vector<double> output =
          mean_response(*layer, op, {weight.data(), weight.data() + weight.size()}, means);
      if (root_mean_square(shift) <= smallest_worth * root_mean_square(output)) continue;
    }
    if (std::all_of(shift.begin(), shift.end(), [](double value) { return value == 0; })) continue;
    shifts.emplace_back(ShiftBias{edit->use.node, {shift.begin(), shift.end()}});
  }
  edits.insert(edits.end(), shifts.begin(), shifts.end());
}

}  // namespace octet::algorithms
