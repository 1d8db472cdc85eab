#include "algorithms/channel_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "recipe/channel_blocks.hpp"
#include "recipe/constants.hpp"
#include "recipe/weighted_op.hpp"

namespace octet::algorithms {

NodesByName nodes_by_name(const ov::Model& graph) {
  NodesByName nodes;
  for (const auto& node : graph.get_ordered_ops()) nodes.emplace(node->get_friendly_name(), node);
  return nodes;
}

RangeEstimatorParameters channel_extremes() {
  RangeEstimatorParameters estimator;
  estimator.min.statistics_type = StatisticsType::min;
  estimator.min.aggregator_type = AggregatorType::min;
  estimator.max.statistics_type = StatisticsType::max;
  estimator.max.aggregator_type = AggregatorType::max;
  return estimator;
}

std::vector<double> magnitudes(const statistics::Range& activation) {
  std::vector<double> largest(activation.low.size());
  for (std::size_t c = 0; c < largest.size(); ++c)
    largest[c] =
        std::max(std::abs(double{activation.low[c]}), std::abs(double{activation.high[c]}));
  return largest;
}

std::vector<double> weight_magnitudes(const ScaleChannels& edit, const NodesByName& nodes) {
  std::vector<double> largest(edit.scale.size(), 0.0);
  for (const UseRef& use : edit.uses) {
    const std::shared_ptr<ov::Node>& layer = nodes.at(use.node);
    const recipe::WeightedOp op = recipe::weighted_op(*layer).value();
    const recipe::ConstantPtr weight = recipe::constant_value(layer->input_value(op.weight_port));
    const recipe::FloatView values(weight);
    recipe::for_each_block(weight->get_shape(), op.input_axes,
                           [&](std::size_t first, std::size_t size, std::size_t channel) {
                             for (std::size_t i = first; i < first + size; ++i)
                               largest[channel] =
                                   std::max(largest[channel], std::abs(double{values[i]}));
                           });
  }
  return largest;
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

}  // namespace octet::algorithms
