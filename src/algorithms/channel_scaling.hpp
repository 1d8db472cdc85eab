#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <openvino/core/model.hpp>

#include "octet/recipe.hpp"
#include "statistics/statistics.hpp"

/// What SmoothQuant and channel alignment share.
namespace octet::algorithms {

using NodesByName = std::unordered_map<std::string, std::shared_ptr<ov::Node>>;
NodesByName nodes_by_name(const ov::Model& graph);

/// Estimator of a tensor's extremes channel by channel, over all samples.
RangeEstimatorParameters channel_extremes();

/// Largest magnitude of each channel.
std::vector<double> magnitudes(const statistics::Range& activation);
/// Largest magnitude, for each channel that `edit` scales, among the weights of its layers.
std::vector<double> weight_magnitudes(const ScaleChannels& edit, const NodesByName& nodes);

/// Linear interpolation between the sorted values, as numpy's default. `values` has at least one.
double percentile(std::vector<double> values, double share);

}  // namespace octet::algorithms
