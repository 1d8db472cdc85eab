#include "octet/quantize.hpp"

#include "api/guard.hpp"
#include "api/pipeline.hpp"

namespace octet {

QuantizeResult quantize(const Model& model, Dataset& data, const QuantizeOptions& options) {
  api::check(options);
  api::Stages stages(options);
  api::Quantized quantized =
      api::run_pipeline(model, data, options, api::samples_to_keep(model, options), stages);
  QuantizeOptions rest = options;  // what comes behind is kept within the limit, too
  if (options.max_memory != 0 && quantized.result.memory.streams != 0)
    rest.threads = quantized.result.memory.streams;
  api::guard(model, rest, quantized, stages);
  stages.finish(quantized.result);
  return std::move(quantized.result);
}

std::vector<LayerDecision> inspect(const Model& model, const QuantizeOptions& options) {
  return api::plan(model, options).placement.layers;
}

}  // namespace octet
