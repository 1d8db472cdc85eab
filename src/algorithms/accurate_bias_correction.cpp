#include "algorithms/accurate_bias_correction.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <openvino/op/constant.hpp>

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

using Shifts = std::vector<std::vector<double>>;  ///< a layer's are one a channel
using Outputs = std::vector<runtime::Tensors>;

constexpr std::size_t samples_measured = 8, samples_compared = 16;

/// The shifts as inputs of a part, behind what it reads.
runtime::Tensors tensors_of(const BiasSegment& segment, const Shifts& shifts) {
  runtime::Tensors tensors;
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    const auto& parameter = segment.graph->get_parameters()[segment.reads.size() + i];
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
    const std::optional<BiasLayer> layer = bias_layer_at(nodes.at(quantizer.use.node));
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

Shifts AccurateBiasCorrection::corrected(const BiasSegment& segment,
                                         const statistics::Results& results,
                                         const ScaledLayers& scaled, const QuantizeOptions& options,
                                         Values& values) const {
  const std::size_t measured = std::min(measured_, results.kept.size());
  Outputs inputs(measured);
  for (std::size_t sample = 0; sample < measured; ++sample)
    for (const ov::Output<ov::Node>& tensor : segment.reads)
      inputs[sample].push_back(values.at(tensor)[sample]);
  runtime::SampleRunner runner(segment.graph, inputs, options.threads);
  Shifts shifts;
  for (const BiasLayer& layer : segment.layers) shifts.emplace_back(layer.op.output_channels, 0.0);
  const std::set<std::size_t> levels(segment.levels.begin(), segment.levels.end());
  for (const std::size_t level : levels) {
    const Outputs found = runner.run(tensors_of(segment, shifts), measured);
    for (std::size_t i = 0; i < segment.layers.size(); ++i) {
      if (segment.levels[i] != level) continue;
      const std::size_t request = requests_.at(segment.layers[i].node);
      const ScaleChannels* scale = scaled.of_maker(segment.layers[i].node);
      std::vector<std::vector<double>> errors(shifts[i].size());
      for (std::size_t sample = 0; sample < measured; ++sample) {
        const std::vector<double> rounded = core::values_of(found[sample][i]);
        const std::vector<double>& exact = results.kept[sample].channel_means[request];
        for (std::size_t c = 0; c < rounded.size(); ++c)
          errors[c].push_back(exact[c] / (scale ? scale->scale[c] : 1) - rounded[c]);
      }
      for (std::size_t c = 0; c < errors.size(); ++c) shifts[i][c] = trusted_mean(errors[c]);
    }
  }
  if (segment.writes.empty()) return shifts;
  const Outputs found = runner.run(tensors_of(segment, shifts), measured);
  for (std::size_t i = 0; i < segment.writes.size(); ++i)
    for (std::size_t sample = 0; sample < measured; ++sample)
      values[segment.writes[i]].push_back(found[sample][segment.layers.size() + i]);
  return shifts;
}

void AccurateBiasCorrection::run(const Context& context, const statistics::Results& results,
                                 std::vector<Edit>& edits, std::vector<Diagnostic>& diagnostics) {
  const auto fast = fast_shifts(context, edits);
  if (fast.empty()) return;
  std::set<std::string> wanted;
  for (const auto& [node, shift] : fast) wanted.insert(node);
  const ScaledLayers scaled(edits, *context.model.graph);
  const Model& original = context.original ? *context.original : context.model;
  const Model quantized = recipe::apply_edits(original, edits);
  Values values;
  for (std::size_t i = 0; i < quantized.graph->get_parameters().size(); ++i)
    for (const statistics::KeptSample& kept : results.kept)
      values[quantized.graph->get_parameters()[i]->output(0)].push_back(kept.inputs[i]);

  std::vector<Edit> without = edits;
  std::erase_if(without, [](const Edit& edit) { return std::holds_alternative<ShiftBias>(edit); });
  std::vector<Edit> accurate = without;
  for (const BiasSegment& segment : bias_segments(quantized.graph, wanted)) {
    const Shifts shifts = corrected(segment, results, scaled, context.options, values);
    for (std::size_t i = 0; i < shifts.size(); ++i) {
      const std::string& node = segment.layers[i].node;
      std::vector<float> shift;
      for (std::size_t c = 0; c < shifts[i].size(); ++c)
        shift.push_back(static_cast<float>(fast.at(node)[c] + shifts[i][c]));
      accurate.emplace_back(ShiftBias{node, std::move(shift)});
    }
  }
  values.clear();

  Outputs samples;
  for (const statistics::KeptSample& kept : results.kept) samples.push_back(kept.inputs);
  const auto error = [&](const std::vector<Edit>& candidate) {
    return error_of(runtime::run_samples(recipe::apply_edits(original, candidate).graph, samples,
                                         context.options.threads),
                    results.kept, original.graph->get_output_size());
  };
  const double with_none = error(without), with_fast = error(edits),
               with_accurate = error(accurate);
  if (with_accurate < std::min(with_none, with_fast)) {
    edits = std::move(accurate);
    return;
  }
  const bool none_is_best = with_none < with_fast;
  diagnostics.push_back(
      {Diagnostic::Severity::note, "algorithms", "accurate_bias_correction", "",
       none_is_best ? "biases stay as they are: on " + std::to_string(samples.size()) +
                          " samples, every correction makes the outputs' error larger"
                    : "the fast correction is kept: on " + std::to_string(samples.size()) +
                          " samples, the accurate one does not make the outputs' error smaller",
       ""});
  if (none_is_best) edits = std::move(without);
}

}  // namespace octet::algorithms
