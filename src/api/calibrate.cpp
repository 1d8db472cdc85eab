#include "octet/calibrate.hpp"

#include "algorithms/algorithm.hpp"
#include "api/guard.hpp"
#include "api/pipeline.hpp"
#include "statistics/parts.hpp"

namespace octet {

std::size_t calibrate(const Model& model, Dataset& data, const std::filesystem::path& file,
                      const Shard& shard, const QuantizeOptions& options) {
  api::check(options);
  if (shard.index >= shard.count)
    throw Error(ErrorCode::invalid_argument, "statistics", "option 'shard'",
                "there is no shard " + std::to_string(shard.index + 1) + " of " +
                    std::to_string(shard.count),
                "Count from 1");
  api::Stages stages(options);
  const api::Plan plan = api::plan(model, options);
  stages.tell(plan.diagnostics);
  const algorithms::Context context{plan.model, plan.placement, plan.options, plan.structure};
  statistics::Requests requests;
  requests.keep = api::samples_to_keep(model, options);  // as `quantize` will ask for
  for (const auto& step : algorithms::pipeline(plan.options)) step->request(context, requests);
  if (requests.ranges.empty() && requests.channel_means.empty())
    throw Error(ErrorCode::invalid_argument, "statistics", "", "nothing of this model is quantized",
                "'octet inspect' says why for each layer");
  statistics::CalibrationOptions calibration = api::calibration_options(plan.options, options);
  calibration.on_memory = [&](const MemoryPlan& memory) {
    if (options.max_memory != 0 && options.on_diagnostic)
      options.on_diagnostic(api::memory_diagnostic(memory, options.max_memory));
  };
  return statistics::measure_part(plan.model, data, requests, calibration, file, shard);
}

}  // namespace octet
