#include "algorithms/min_max.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "algorithms/channel_scaling.hpp"
#include "algorithms/range_estimators.hpp"
#include "algorithms/ranges.hpp"
#include "algorithms/scaled_layers.hpp"
#include "recipe/channel_blocks.hpp"
#include "recipe/constants.hpp"
#include "statistics/constant_range.hpp"

namespace octet::algorithms {
namespace {

using statistics::Range;

/// Names that no node and no other quantizer has.
class Names {
 public:
  explicit Names(const NodesByName& nodes) {
    for (const auto& [name, node] : nodes) taken_.insert(name);
  }
  std::string unique(const std::string& name) {
    std::string candidate = name;
    for (int i = 1; !taken_.insert(candidate).second; ++i)
      candidate = name + "_" + std::to_string(i);
    return candidate;
  }

 private:
  std::set<std::string> taken_;
};

std::string quantizer_name(const TensorRef& tensor) {
  return tensor.node + "/quantizer" +
         (tensor.output == 0 ? "" : "." + std::to_string(tensor.output));
}

void merge(Range& range, const Range& other) {
  for (std::size_t c = 0; c < range.low.size(); ++c) {
    range.low[c] = std::min(range.low[c], other.low[c]);
    range.high[c] = std::max(range.high[c], other.high[c]);
  }
}

/// A symmetric range covers both ends that were measured. Where the high end is one of magnitudes,
/// it speaks for both, and the low end tells no more than the sign.
void keep_to_magnitudes(Range& range, const QuantizerSpec& spec,
                        const RangeEstimatorParameters& estimator) {
  if (spec.mode != QuantizationMode::symmetric || statistics::is_search(estimator.max) ||
      (estimator.max.statistics_type != StatisticsType::abs_max &&
       estimator.max.statistics_type != StatisticsType::abs_quantile))
    return;
  for (std::size_t c = 0; c < range.low.size(); ++c)
    range.low[c] = std::max(range.low[c], -range.high[c]);
}

Range weight_range(const recipe::ConstantPtr& weight, const scheme::WeightQuantizer& quantizer,
                   const RangeEstimatorParameters& estimator) {
  const recipe::FloatView values(weight);
  const std::size_t channels = recipe::channel_count(weight->get_shape(), quantizer.axes);
  const std::size_t length = values.size() / channels;
  std::vector<float> by_channel(values.size());
  std::vector<std::size_t> filled(channels, 0);
  recipe::for_each_block(
      weight->get_shape(), quantizer.axes,
      [&](std::size_t first, std::size_t size, std::size_t channel) {
        std::copy_n(
            values.data() + first, size,
            by_channel.begin() + static_cast<std::ptrdiff_t>(channel * length + filled[channel]));
        filled[channel] += size;
      });
  Range range =
      statistics::range_of_constant(by_channel, channels, quantizer.spec.per_channel, estimator);
  keep_to_magnitudes(range, quantizer.spec, estimator);
  return range;
}

bool is_finite(const recipe::ConstantPtr& weight) {
  const recipe::FloatView values(weight);
  return std::all_of(values.data(), values.data() + values.size(),
                     [](float value) { return std::isfinite(value); });
}

void note_dead_channels(const Context& context, const scheme::WeightQuantizer& quantizer,
                        const Range& range, std::vector<Diagnostic>& diagnostics) {
  std::size_t dead = 0;
  for (std::size_t c = 0; c < range.low.size(); ++c)
    dead += range.low[c] == 0 && range.high[c] == 0;
  if (dead == 0) return;
  diagnostics.push_back({Diagnostic::Severity::note, "algorithms", "dead_channels",
                         context.model.sources.describe(quantizer.use.node),
                         std::to_string(dead) + " of the weight's " +
                             std::to_string(range.low.size()) + " channels are all zero",
                         "They cost time for nothing: pruning them changes no result"});
}

/// Range of a tensor whose channels are divided by `scale`, from those of its channels. The means
/// of the samples' extremes are not known for it: the extremes of all samples take their place.
Range scaled_range(const Range& channels, const ScaleChannels& edit, bool per_channel) {
  Range range = channels;
  for (std::size_t c = 0; c < edit.scale.size(); ++c) {
    range.low[c] /= edit.scale[c];
    range.high[c] /= edit.scale[c];
  }
  if (per_channel) return range;
  return {{*std::min_element(range.low.begin(), range.low.end())},
          {*std::max_element(range.high.begin(), range.high.end())}};
}

}  // namespace

void MinMax::request(const Context& context, statistics::Requests& requests) {
  first_request_ = requests.ranges.size();
  const ScaledLayers scaled(context.structure, *context.model.graph);
  for (const scheme::ActivationQuantizer& quantizer : context.placement.activations) {
    if (const ScaleChannels* edit = scaled.of_tensor(quantizer.tensor))
      requests.ranges.push_back({edit->tensor, edit->axis, channel_extremes()});
    else
      requests.ranges.push_back(
          {quantizer.tensor, quantizer.axis,
           range_estimator(context.options.advanced.activations_range_estimator_params,
                           quantizer.spec, false)
               .parameters});
  }
}

void MinMax::run(const Context& context, const statistics::Results& results,
                 std::vector<Edit>& edits, std::vector<Diagnostic>& diagnostics) {
  const NodesByName nodes = nodes_by_name(*context.model.graph);
  Names names(nodes);
  const ScaledLayers scaled(edits, *context.model.graph);

  const auto& activations = context.placement.activations;
  std::vector<Range> ranges;
  std::vector<std::string> without_search;
  std::unordered_map<std::size_t, Range> groups;
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const Range& measured = results.ranges.at(first_request_ + i);
    const ScaleChannels* edit = scaled.of_tensor(activations[i].tensor);
    ranges.push_back(edit ? scaled_range(measured, *edit, activations[i].axis.has_value())
                          : measured);
    if (!edit) {
      const RangeEstimator estimator = range_estimator(
          context.options.advanced.activations_range_estimator_params, activations[i].spec, false);
      keep_to_magnitudes(ranges.back(), activations[i].spec, estimator.parameters);
      if (estimator.lost_search)
        without_search.push_back(context.model.sources.describe(activations[i].uses.front().node));
    }
    if (!activations[i].group) continue;
    const auto [place, is_new] = groups.emplace(*activations[i].group, ranges.back());
    if (!is_new) merge(place->second, ranges.back());
  }
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const scheme::ActivationQuantizer& quantizer = activations[i];
    const Range& range = quantizer.group ? groups.at(*quantizer.group) : ranges[i];
    edits.push_back(QuantizeActivation{names.unique(quantizer_name(quantizer.tensor)),
                                       quantizer.tensor, quantizer.uses, quantizer.spec,
                                       quantizer.axis, quantizer.group,
                                       quantization_range(range, quantizer.spec)});
  }

  if (!without_search.empty())
    diagnostics.push_back(
        search_is_per_tensor("activations_range_estimator_params", without_search));

  without_search.clear();
  for (const scheme::WeightQuantizer& quantizer : context.placement.weights) {
    const recipe::ConstantPtr weight =
        scaled.weight(*nodes.at(quantizer.use.node), quantizer.use.input);
    if (!is_finite(weight))
      throw Error(ErrorCode::weight_not_finite, "algorithms",
                  context.model.sources.describe(quantizer.use.node),
                  "its weight '" + quantizer.constant + "' holds NaN or infinity",
                  "Check the checkpoint, or leave the layer out with ignored_scope");
    const RangeEstimator estimator = range_estimator(
        context.options.advanced.weights_range_estimator_params, quantizer.spec, true);
    if (estimator.lost_search)
      without_search.push_back(context.model.sources.describe(quantizer.use.node));
    const Range range = weight_range(weight, quantizer, estimator.parameters);
    note_dead_channels(context, quantizer, range, diagnostics);
    edits.push_back(
        QuantizeWeight{names.unique(quantizer.use.node + "/weight_quantizer"), quantizer.use,
                       quantizer.constant, quantizer.spec, quantizer.axes,
                       quantization_range(range, quantizer.spec, quantizer.half_range)});
  }
  if (!without_search.empty())
    diagnostics.push_back(search_is_per_tensor("weights_range_estimator_params", without_search));
}

}  // namespace octet::algorithms
