#include "algorithms/range_estimators.hpp"

#include "statistics/statistics.hpp"

namespace octet::algorithms {
namespace {

/// Whether a search had to go.
bool settle(StatisticsCollectorParameters& side, bool per_channel, StatisticsType type,
            AggregatorType aggregator) {
  const bool lost = per_channel && statistics::is_search(side);
  if (lost) {
    side.statistics_type.reset();
    side.aggregator_type.reset();
  }
  if (!side.statistics_type) side.statistics_type = type;
  if (!side.aggregator_type) side.aggregator_type = aggregator;
  return lost;
}

}  // namespace

RangeEstimator range_estimator(const RangeEstimatorParameters& wanted, const QuantizerSpec& spec,
                               bool of_weight) {
  RangeEstimator result{wanted};
  const bool of_all = of_weight || spec.per_channel;
  result.lost_search = settle(result.parameters.min, spec.per_channel, StatisticsType::min,
                              of_all ? AggregatorType::min : AggregatorType::mean);
  result.lost_search |= settle(result.parameters.max, spec.per_channel, StatisticsType::max,
                               of_all ? AggregatorType::max : AggregatorType::mean);
  auto& max = result.parameters.max;
  if (spec.mode == QuantizationMode::symmetric && max.statistics_type == StatisticsType::max)
    max.statistics_type = StatisticsType::abs_max;
  return result;
}

Diagnostic search_is_per_tensor(const std::string& option, const std::vector<std::string>& layers) {
  const std::string who = layers.size() == 1
                              ? "this layer has a range for each channel and takes"
                              : "this layer and " + std::to_string(layers.size() - 1) +
                                    " more have a range for each channel and take";
  return {Diagnostic::Severity::warning,
          "algorithms",
          "search_is_per_tensor",
          layers.front(),
          "option '" + option +
              "' asks for a search (histogram or mse), which finds one range for a whole tensor; " +
              who + " the channels' extremes",
          "Leave the estimator unset, or say per_channel=false for these quantizers"};
}

}  // namespace octet::algorithms
