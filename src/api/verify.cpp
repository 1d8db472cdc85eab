#include "api/receipt.hpp"
#include "octet/differences.hpp"
#include "octet/quantize.hpp"
#include "octet/version.hpp"
#include "recipe/receipt.hpp"
#include "statistics/data_hash.hpp"
#include "statistics/samples.hpp"

namespace octet {
namespace {

constexpr const char* stage = "verify";

/// Hash of what `quantize` would read.
std::string hash_of(const Model& model, Dataset& data, std::size_t subset_size) {
  statistics::DataHash hash;
  for (std::size_t i = 0; i < subset_size; ++i) {
    const auto sample = statistics::next_sample(data, *model.graph, i);
    if (!sample) break;
    hash.add(sample->inputs);
  }
  return hash.hex();
}

}  // namespace

Verification verify(const Model& quantized, Dataset& data, const std::optional<Model>& reference,
                    const QuantizeOptions& run) {
  auto receipt = recipe::receipt_of(*quantized.graph);
  std::optional<QuantizeOptions> options = api::receipt_options(*quantized.graph);
  if (!options || receipt["provenance.data_hash"].empty())
    throw Error(ErrorCode::invalid_argument, stage,
                quantized.origin.empty() ? "" : "file '" + quantized.origin + "'",
                "the model carries no receipt",
                "Only what 'octet quantize' or octet.quantize wrote can be verified");
  Verification found;
  found.recorded_data = receipt["provenance.data_hash"];
  found.recorded_model = receipt["model_fingerprint"];
  if (receipt["octet_version"] != version())
    found.notes.push_back("it was made by Octet " + receipt["octet_version"] + ", this is " +
                          version());
  if (receipt["openvino_version"] != OCTET_OPENVINO_VERSION)
    found.notes.push_back("it was made with OpenVINO " + receipt["openvino_version"] +
                          ", this is " OCTET_OPENVINO_VERSION);
  if (!reference) {
    found.found_data = hash_of(quantized, data, options->subset_size);
    found.notes.push_back(
        "only the data were looked at; with the model it was made from, it is "
        "made again");
    return found;
  }
  options->threads = run.threads;
  options->on_progress = run.on_progress;
  options->is_cancelled = run.is_cancelled;
  const QuantizeResult again = quantize(*reference, data, *options);
  found.found_model = again.recipe.model_fingerprint;
  found.found_data = again.recipe.provenance.at("data_hash");
  found.quantizers = changes(quantizers_of(quantized), quantizers_of(again.model));
  found.is_same_result = fingerprint(again.model) == fingerprint(quantized);
  return found;
}

}  // namespace octet
