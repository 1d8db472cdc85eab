#include "algorithms/accurate_bias_correction.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <openvino/op/add.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/reduce_mean.hpp>

#include "algorithms/channel_scaling.hpp"
#include "algorithms/scaled_layers.hpp"
#include "core/tensor_values.hpp"
#include "recipe/apply.hpp"
#include "recipe/weighted_op.hpp"
#include "recipe/workspace.hpp"
#include "runtime/run_samples.hpp"
#include "statistics/samples.hpp"

namespace octet::algorithms {
namespace {

using NodePtr = std::shared_ptr<ov::Node>;
using Shifts = std::vector<std::vector<double>>;  ///< a layer's are one a channel
using Outputs = std::vector<runtime::Tensors>;

constexpr std::size_t samples_measured = 8, samples_compared = 16;

/// A layer whose bias can be changed, in a graph.
struct Layer {
  std::string node;
  recipe::WeightedOp op;
  ov::Output<ov::Node> output;  ///< with the bias
};

std::optional<Layer> layer_at(const NodePtr& node) {
  const auto op = recipe::weighted_op(*node);
  if (!op) return std::nullopt;
  const recipe::Bias bias = recipe::find_bias(node, op->rank, op->output_axis, op->output_channels);
  return Layer{node->get_friendly_name(), *op, bias.add ? bias.add->output(0) : node->output(0)};
}

/// The quantized graph with a further input for every layer, that is added to its bias, and the
/// channel means of the layers' outputs behind the model's outputs.
struct Instrumented {
  std::shared_ptr<ov::Model> graph;
  std::vector<Layer> layers;
  std::vector<std::size_t> depth;  ///< of each layer, in layers
  std::size_t outputs = 0;         ///< of the model itself
};

std::shared_ptr<ov::Node> mean_over_channels(const ov::Output<ov::Node>& tensor,
                                             const recipe::WeightedOp& op) {
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < op.rank; ++axis)
    if (axis != op.output_axis) axes.push_back(static_cast<std::int64_t>(axis));
  return std::make_shared<ov::op::v1::ReduceMean>(
      std::make_shared<ov::op::v0::Convert>(tensor, ov::element::f32),
      ov::op::v0::Constant::create(ov::element::i64, {axes.size()}, axes), false);
}

Instrumented instrument(const Model& quantized, const std::set<std::string>& wanted) {
  Instrumented result;
  const std::shared_ptr<ov::Model>& graph = quantized.graph;
  result.outputs = graph->get_output_size();
  ov::ResultVector results = graph->get_results();
  ov::ParameterVector parameters = graph->get_parameters();
  std::map<const ov::Node*, std::size_t> depth;  // layers on the longest way to a node, with it
  const ov::NodeVector order = graph->get_ordered_ops();
  for (const NodePtr& node : order) {
    std::size_t deepest = 0;
    for (const auto& input : node->input_values())
      deepest = std::max(deepest, depth[input.get_node()]);
    const bool is_layer = wanted.count(node->get_friendly_name()) != 0;
    depth[node.get()] = deepest + is_layer;
    if (is_layer) {
      result.layers.push_back(layer_at(node).value());
      result.depth.push_back(deepest);
    }
  }
  for (Layer& layer : result.layers) {
    const auto readers = layer.output.get_target_inputs();
    const auto shift = std::make_shared<ov::op::v0::Parameter>(
        layer.output.get_element_type(),
        recipe::channel_shape(layer.op.rank, layer.op.output_axis, layer.op.output_channels));
    parameters.push_back(shift);
    const auto shifted = std::make_shared<ov::op::v1::Add>(layer.output, shift);
    for (ov::Input<ov::Node> reader : readers) reader.replace_source_output(shifted);
    results.push_back(std::make_shared<ov::op::v0::Result>(mean_over_channels(shifted, layer.op)));
  }
  result.graph =
      std::make_shared<ov::Model>(results, graph->get_sinks(), parameters, graph->get_variables());
  return result;
}

runtime::Tensors tensors_of(const Instrumented& model, const Shifts& shifts) {
  runtime::Tensors tensors;
  const std::size_t first = model.graph->get_parameters().size() - shifts.size();
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    const auto& parameter = model.graph->get_parameters()[first + i];
    const ov::op::v0::Constant value(parameter->get_element_type(), parameter->get_shape(),
                                     shifts[i]);
    ov::Tensor tensor(parameter->get_element_type(), parameter->get_shape());
    std::copy_n(static_cast<const std::uint8_t*>(value.get_data_ptr()), tensor.get_byte_size(),
                static_cast<std::uint8_t*>(tensor.data()));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

/// The mean of a few values as far as they agree on it: it is taken towards zero by the share of
/// its square that is chance (the positive part of James and Stein's estimator). A layer with one
/// position a sample would follow its few samples' noise otherwise.
double trusted_mean(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0, variance = 0;
  for (const double value : values) mean += value / count;
  if (values.size() < 2 || mean == 0) return mean;
  for (const double value : values) variance += (value - mean) * (value - mean) / (count - 1);
  return mean * std::max(0.0, 1 - variance / count / (mean * mean));
}

/// Error of the model's outputs over all samples: the sum of the outputs' shares of noise.
double error_of(const Outputs& found, const std::vector<statistics::KeptSample>& kept,
                std::size_t outputs) {
  double total = 0;
  for (std::size_t output = 0; output < outputs; ++output) {
    double signal = 0, noise = 0;
    for (std::size_t sample = 0; sample < kept.size(); ++sample) {
      const ov::Tensor &exact = kept[sample].outputs[output], &rounded = found[sample][output];
      if (!exact.get_element_type().is_real() || exact.get_shape() != rounded.get_shape()) continue;
      const std::vector<double> a = core::values_of(exact), b = core::values_of(rounded);
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i]) continue;  // infinities too
        signal += a[i] * a[i];
        noise += (a[i] - b[i]) * (a[i] - b[i]);
      }
    }
    if (noise > 0) total += noise / std::max(signal, 1e-30);
  }
  return total;
}

/// Layers whose bias the fast correction may change, or has.
std::map<std::string, std::vector<double>> fast_shifts(const Context& context,
                                                       const std::vector<Edit>& edits) {
  std::map<std::string, std::vector<double>> shifts;
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  for (const scheme::WeightQuantizer& quantizer : context.placement.weights) {
    const auto op = recipe::weighted_op(*nodes.at(quantizer.use.node));
    if (!op || op->weight_port != quantizer.use.input) continue;
    const recipe::Bias bias = recipe::find_bias(nodes.at(quantizer.use.node), op->rank,
                                                op->output_axis, op->output_channels);
    if (bias.add) shifts[quantizer.use.node].assign(op->output_channels, 0);
  }
  for (const Edit& edit : edits)
    if (const auto* shift = std::get_if<ShiftBias>(&edit))
      shifts[shift->node].assign(shift->shift.begin(), shift->shift.end());
  return shifts;
}

}  // namespace

void AccurateBiasCorrection::request(const Context& context, statistics::Requests& requests) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  for (const scheme::WeightQuantizer& quantizer : context.placement.weights) {
    const std::optional<Layer> layer = layer_at(nodes.at(quantizer.use.node));
    if (!layer || layer->op.weight_port != quantizer.use.input) continue;
    requests_[quantizer.use.node] = requests.channel_means.size();
    requests.channel_means.push_back(
        {{layer->output.get_node()->get_friendly_name(), layer->output.get_index()},
         layer->op.output_axis,
         true});
  }
  measured_ = statistics::items_for(*context.model.graph, samples_measured);
  requests.keep =
      std::max(requests.keep, statistics::items_for(*context.model.graph, samples_compared));
}

void AccurateBiasCorrection::run(const Context& context, const statistics::Results& results,
                                 std::vector<Edit>& edits, std::vector<Diagnostic>& diagnostics) {
  const auto fast = fast_shifts(context, edits);
  if (fast.empty()) return;
  std::set<std::string> wanted;
  for (const auto& [node, shift] : fast) wanted.insert(node);
  const ScaledLayers scaled(edits, *context.model.graph);
  const Model& original = context.original ? *context.original : context.model;
  const Instrumented model = instrument(recipe::apply_edits(original, edits), wanted);
  Outputs samples;
  for (const statistics::KeptSample& kept : results.kept) samples.push_back(kept.inputs);
  runtime::SampleRunner runner(model.graph, samples, context.options.threads);

  Shifts none, zero, shifts;
  for (const Layer& layer : model.layers) {
    zero.emplace_back(layer.op.output_channels, 0.0);
    none.emplace_back();
    for (const double value : fast.at(layer.node)) none.back().push_back(-value);
  }
  shifts = zero;
  const std::size_t measured = std::min(measured_, samples.size());
  const std::size_t deepest = *std::ranges::max_element(model.depth);
  for (std::size_t depth = 0; depth <= deepest; ++depth) {
    if (std::ranges::count(model.depth, depth) == 0) continue;
    const Outputs found = runner.run(tensors_of(model, shifts), measured);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      if (model.depth[i] != depth) continue;
      const std::size_t request = requests_.at(model.layers[i].node);
      const ScaleChannels* scale = scaled.of_maker(model.layers[i].node);
      std::vector<std::vector<double>> errors(shifts[i].size());
      for (std::size_t sample = 0; sample < measured; ++sample) {
        const std::vector<double> rounded = core::values_of(found[sample][model.outputs + i]);
        const std::vector<double>& exact = results.kept[sample].channel_means[request];
        for (std::size_t c = 0; c < rounded.size(); ++c)
          errors[c].push_back(exact[c] / (scale ? scale->scale[c] : 1) - rounded[c]);
      }
      for (std::size_t c = 0; c < errors.size(); ++c) shifts[i][c] = trusted_mean(errors[c]);
    }
  }

  const auto error = [&](const Shifts& candidate) {
    return error_of(runner.run(tensors_of(model, candidate), samples.size()), results.kept,
                    model.outputs);
  };
  const double without = error(none), with_fast = error(zero), accurate = error(shifts);
  const bool is_best = accurate < std::min(without, with_fast);
  if (!is_best)
    diagnostics.push_back(
        {Diagnostic::Severity::note, "algorithms", "accurate_bias_correction", "",
         without < with_fast
             ? "biases stay as they are: on " + std::to_string(samples.size()) +
                   " samples, every correction makes the outputs' error larger"
             : "the fast correction is kept: on " + std::to_string(samples.size()) +
                   " samples, the accurate one does not make the outputs' error smaller",
         ""});
  if (!is_best && with_fast <= without) return;

  std::erase_if(edits, [](const Edit& edit) { return std::holds_alternative<ShiftBias>(edit); });
  if (!is_best) return;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    std::vector<float> shift;
    for (std::size_t c = 0; c < shifts[i].size(); ++c)
      shift.push_back(static_cast<float>(fast.at(model.layers[i].node)[c] + shifts[i][c]));
    edits.emplace_back(ShiftBias{model.layers[i].node, std::move(shift)});
  }
}

}  // namespace octet::algorithms
