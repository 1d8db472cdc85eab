#pragma once

#include <string>
#include <vector>

#include "octet/error.hpp"
#include "octet/options.hpp"
#include "octet/recipe.hpp"

namespace octet::algorithms {

/// An estimator with every field set, as `statistics` takes it.
struct RangeEstimator {
  RangeEstimatorParameters parameters;
  bool lost_search = false;  ///< a search was asked for where none is made
};

/// What `wanted` means for a quantizer of `spec`. Unset fields: the extremes of all samples for a
/// weight or a per-channel quantizer, the mean of the samples' extremes for a per-tensor one; a
/// symmetric one wants the largest magnitude. The searches (`histogram`, `mse`) work on all values
/// of a tensor at once: an end of a per-channel range that is to be searched for takes the
/// channel's extreme instead. This is the only place where that is decided.
RangeEstimator range_estimator(const RangeEstimatorParameters& wanted, const QuantizerSpec& spec,
                               bool of_weight);

/// A warning that the `layers` (in the user's words) have no search; there is at least one.
Diagnostic search_is_per_tensor(const std::string& option, const std::vector<std::string>& layers);

}  // namespace octet::algorithms
