#include "octet/quantize.hpp"

#include "api/guard.hpp"
#include "api/pipeline.hpp"

namespace octet {

QuantizeResult quantize(const Model& model, Dataset& data, const QuantizeOptions& options) {
  api::check(options);
  api::Stages stages(options);
  api::Quantized quantized =
      api::run_pipeline(model, data, options, api::samples_to_keep(model, options), stages);
  api::guard(model, options, quantized, stages);
  stages.finish(quantized.result);
  return std::move(quantized.result);
}

std::vector<LayerDecision> inspect(const Model& model, const QuantizeOptions& options) {
  return api::plan(model, options).placement.layers;
}

}  // namespace octet
