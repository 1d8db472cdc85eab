#include "statistics/parts.hpp"
#include "statistics/pass.hpp"

namespace octet::statistics {

Results calibrate(const Model& model, Dataset& data, const Requests& requests,
                  const CalibrationOptions& options) {
  if (requests.ranges.empty() && requests.channel_means.empty()) return {};
  if (const auto* stored = dynamic_cast<const StoredStatistics*>(&data))
    return results_of(*stored, model, requests, options);
  Pass pass(model, requests, options);
  pass.run(data, {});
  return pass.results(data.describe());
}

}  // namespace octet::statistics
