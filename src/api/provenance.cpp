#include "api/provenance.hpp"

#include <charconv>
#include <optional>
#include <type_traits>

#include "core/option_words.hpp"
#include "core/text.hpp"

namespace octet::api {
namespace {

std::string text_of(bool value) {
  return value ? "true" : "false";
}
std::string text_of(int value) {
  return std::to_string(value);
}
/// The shortest decimal that reads back as the same number.
template <typename Number>
requires std::is_floating_point_v<Number> std::string text_of(Number value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}
template <typename Enum>
requires std::is_enum_v<Enum> std::string text_of(Enum value) {
  return core::word_of(value);
}

class Writer {
 public:
  template <typename Value>
  void add(const std::string& key, const Value& value) {
    entries.insert_or_assign(key, text_of(value));
  }
  template <typename Value>
  void add(const std::string& key, const std::optional<Value>& value) {
    if (value) add(key, *value);
  }
  template <typename Value>
  void add_unless(const Value& usual, const std::string& key, const Value& value) {
    if (value != usual) add(key, value);
  }
  void add_list(const std::string& key, const std::vector<std::string>& items) {
    if (!items.empty()) entries.insert_or_assign(key, core::join(items, ", "));
  }

  std::map<std::string, std::string> entries;
};

void add_quantizers(Writer& writer, const std::string& key, const QuantizationParameters& of) {
  writer.add(key + ".num_bits", of.num_bits);
  writer.add(key + ".mode", of.mode);
  writer.add(key + ".signedness_to_force", of.signedness_to_force);
  writer.add(key + ".per_channel", of.per_channel);
  writer.add(key + ".narrow_range", of.narrow_range);
}

void add_collector(Writer& writer, const std::string& key,
                   const StatisticsCollectorParameters& of) {
  writer.add(key + ".statistics_type", of.statistics_type);
  writer.add(key + ".aggregator_type", of.aggregator_type);
  writer.add(key + ".clipping_value", of.clipping_value);
  writer.add_unless(StatisticsCollectorParameters{}.quantile_outlier_prob,
                    key + ".quantile_outlier_prob", of.quantile_outlier_prob);
}

void add_ignored(Writer& writer, const IgnoredScope& ignored) {
  writer.add_list("ignored_scope.names", ignored.names);
  writer.add_list("ignored_scope.patterns", ignored.patterns);
  writer.add_list("ignored_scope.types", ignored.types);
  std::vector<std::string> subgraphs;
  for (const Subgraph& subgraph : ignored.subgraphs)
    subgraphs.push_back(core::join(subgraph.inputs, ", ") + " .. " +
                        core::join(subgraph.outputs, ", "));
  if (!subgraphs.empty()) writer.entries["ignored_scope.subgraphs"] = core::join(subgraphs, "; ");
}

void add_advanced(Writer& writer, const AdvancedParameters& advanced) {
  const AdvancedParameters usual;
  writer.add("overflow_fix", advanced.overflow_fix);
  writer.add_unless(usual.quantize_outputs, "quantize_outputs", advanced.quantize_outputs);
  writer.add_unless(usual.disable_channel_alignment, "disable_channel_alignment",
                    advanced.disable_channel_alignment);
  writer.add_unless(usual.disable_bias_correction, "disable_bias_correction",
                    advanced.disable_bias_correction);
  writer.add("batchwise_statistics", advanced.batchwise_statistics);
  writer.add_unless(usual.quantizer_propagation_rule, "quantizer_propagation_rule",
                    advanced.quantizer_propagation_rule);
  add_quantizers(writer, "activations_quantization_params",
                 advanced.activations_quantization_params);
  add_quantizers(writer, "weights_quantization_params", advanced.weights_quantization_params);
  const auto add_estimator = [&](const std::string& key, const RangeEstimatorParameters& of) {
    add_collector(writer, key + ".min", of.min);
    add_collector(writer, key + ".max", of.max);
  };
  add_estimator("activations_range_estimator_params", advanced.activations_range_estimator_params);
  add_estimator("weights_range_estimator_params", advanced.weights_range_estimator_params);
  const BiasCorrectionParameters& bias = advanced.bias_correction_params;
  writer.add_unless(false, "bias_correction_params.apply_for_all_nodes", bias.apply_for_all_nodes);
  writer.add("bias_correction_params.threshold", bias.threshold);
  const SmoothQuantAlphas& alphas = advanced.smooth_quant_alphas;
  writer.add_unless(usual.smooth_quant_alphas.convolution, "smooth_quant_alphas.convolution",
                    alphas.convolution);
  writer.add_unless(usual.smooth_quant_alphas.matmul, "smooth_quant_alphas.matmul", alphas.matmul);
  for (const auto& [key, value] : advanced.backend_params)
    writer.entries["backend_params." + key] = value;
}

}  // namespace

std::map<std::string, std::string> provenance_of(const QuantizeOptions& resolved,
                                                 std::size_t samples) {
  Writer writer;
  writer.add("preset", resolved.preset);
  writer.add("model_type", resolved.model_type);
  writer.add("target_device", resolved.target_device);
  writer.add("fast_bias_correction", resolved.fast_bias_correction);
  writer.add_unless(QuantizeOptions{}.on_collapse, "on_collapse", resolved.on_collapse);
  writer.entries["subset_size"] = std::to_string(resolved.subset_size);
  writer.entries["samples"] = std::to_string(samples);
  add_ignored(writer, resolved.ignored_scope);
  add_advanced(writer, resolved.advanced);
  return writer.entries;
}

}  // namespace octet::api
