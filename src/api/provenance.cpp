#include "api/provenance.hpp"

#include <charconv>
#include <optional>
#include <set>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "core/option_words.hpp"
#include "core/text.hpp"
#include "octet/error.hpp"

namespace octet::api {
namespace {

using Json = nlohmann::json;
using Entries = std::map<std::string, std::string>;
constexpr const char* backend_prefix = "backend_params.";

/// The options as text.
class Writer {
 public:
  template <typename Value>
  void field(const std::string& key, const Value& value) {
    entries.insert_or_assign(key, text_of(value));
  }
  template <typename Value>
  void field(const std::string& key, const std::optional<Value>& value) {
    if (value) field(key, *value);
  }
  /// Left out where it has its usual value.
  template <typename Value>
  void field_unless(const Value& usual, const std::string& key, const Value& value) {
    if (value != usual) field(key, value);
  }
  void list(const std::string& key, const std::vector<std::string>& items) {
    if (!items.empty()) entries.insert_or_assign(key, text_of(Json(items)));
  }
  void subgraphs(const std::string& key, const std::vector<Subgraph>& subgraphs) {
    Json json = Json::array();
    for (const Subgraph& subgraph : subgraphs)
      json.push_back({{"inputs", subgraph.inputs}, {"outputs", subgraph.outputs}});
    if (!subgraphs.empty()) entries[key] = text_of(json);
  }
  void backend(const Entries& parameters) {
    for (const auto& [key, value] : parameters) entries[backend_prefix + key] = value;
  }

  Entries entries;

 private:
  static std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  static std::string text_of(bool value) { return value ? "true" : "false"; }
  /// The shortest decimal that reads back as the same number.
  template <typename Number>
  requires(std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>) static std::string
      text_of(Number value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  static std::string text_of(Enum value) { return core::word_of(value); }
};

/// Text as options.
class Reader {
 public:
  explicit Reader(const Entries& entries) : entries_(entries) {}

  template <typename Value>
  void field(const std::string& key, Value& value) {
    if (const std::string* text = take(key)) read(key, *text, value);
  }
  template <typename Value>
  void field(const std::string& key, std::optional<Value>& value) {
    if (const std::string* text = take(key)) read(key, *text, value.emplace());
  }
  template <typename Value>
  void field_unless(const Value&, const std::string& key, Value& value) {
    field(key, value);
  }
  void list(const std::string& key, std::vector<std::string>& items) {
    if (const std::string* text = take(key)) items = json<std::vector<std::string>>(key, *text);
  }
  void subgraphs(const std::string& key, std::vector<Subgraph>& subgraphs) {
    const std::string* text = take(key);
    if (!text) return;
    for (const Json& one : json<Json>(key, *text)) {
      if (!one.is_object() || !one.contains("inputs") || !one.contains("outputs")) fail(key, *text);
      subgraphs.push_back({json<std::vector<std::string>>(key, one["inputs"].dump()),
                           json<std::vector<std::string>>(key, one["outputs"].dump())});
    }
  }
  void backend(Entries& parameters) {
    const std::string prefix = backend_prefix;
    for (const auto& [key, value] : entries_)
      if (key.starts_with(prefix)) parameters[key.substr(prefix.size())] = *take(key);
  }
  void skip(const std::string& key) { take(key); }
  /// Throws `Error` where an entry is left.
  void finish() const {
    for (const auto& [key, value] : entries_)
      if (taken_.count(key) == 0) fail(key, value);
  }

 private:
  const std::string* take(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    taken_.insert(key);
    return &found->second;
  }
  [[noreturn]] static void fail(const std::string& key, const std::string& text) {
    throw Error(ErrorCode::unsupported_version, "receipt", "option '" + key + "'",
                "this version does not know the value '" + text + "'",
                "Use the version of Octet that made the model");
  }
  template <typename Wanted>
  static Wanted json(const std::string& key, const std::string& text) {
    try {
      return Json::parse(text).get<Wanted>();
    } catch (const Json::exception&) {
      fail(key, text);
    }
  }
  static void read(const std::string& key, const std::string& text, bool& value) {
    if (text != "true" && text != "false") fail(key, text);
    value = text == "true";
  }
  template <typename Number>
  requires(std::is_arithmetic_v<Number> &&
           !std::is_same_v<Number, bool>) static void read(const std::string& key,
                                                           const std::string& text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) fail(key, text);
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  static void read(const std::string& key, const std::string& text, Enum& value) {
    const auto& words = core::words_of<Enum>;
    const auto found = std::ranges::find(words, text);
    if (found == words.end()) fail(key, text);
    value = static_cast<Enum>(found - words.begin());
  }

  const Entries& entries_;
  std::set<std::string> taken_;
};

// What follows lists every option once, for the writer and the reader alike.

template <typename Archive, typename Parameters>
void quantizers(Archive& archive, const std::string& key, Parameters& of) {
  archive.field(key + ".num_bits", of.num_bits);
  archive.field(key + ".mode", of.mode);
  archive.field(key + ".signedness_to_force", of.signedness_to_force);
  archive.field(key + ".per_channel", of.per_channel);
  archive.field(key + ".narrow_range", of.narrow_range);
}

template <typename Archive, typename Parameters>
void collector(Archive& archive, const std::string& key, Parameters& of) {
  archive.field(key + ".statistics_type", of.statistics_type);
  archive.field(key + ".aggregator_type", of.aggregator_type);
  archive.field(key + ".clipping_value", of.clipping_value);
  archive.field_unless(StatisticsCollectorParameters{}.quantile_outlier_prob,
                       key + ".quantile_outlier_prob", of.quantile_outlier_prob);
}

template <typename Archive, typename Advanced>
void advanced_parameters(Archive& archive, Advanced& advanced) {
  const AdvancedParameters usual;
  archive.field("overflow_fix", advanced.overflow_fix);
  archive.field_unless(usual.quantize_outputs, "quantize_outputs", advanced.quantize_outputs);
  archive.field_unless(usual.disable_channel_alignment, "disable_channel_alignment",
                       advanced.disable_channel_alignment);
  archive.field_unless(usual.disable_bias_correction, "disable_bias_correction",
                       advanced.disable_bias_correction);
  archive.field("batchwise_statistics", advanced.batchwise_statistics);
  archive.field_unless(usual.quantizer_propagation_rule, "quantizer_propagation_rule",
                       advanced.quantizer_propagation_rule);
  quantizers(archive, "activations_quantization_params", advanced.activations_quantization_params);
  quantizers(archive, "weights_quantization_params", advanced.weights_quantization_params);
  const auto estimator = [&](const std::string& key, auto& of) {
    collector(archive, key + ".min", of.min);
    collector(archive, key + ".max", of.max);
  };
  estimator("activations_range_estimator_params", advanced.activations_range_estimator_params);
  estimator("weights_range_estimator_params", advanced.weights_range_estimator_params);
  auto& bias = advanced.bias_correction_params;
  archive.field_unless(false, "bias_correction_params.apply_for_all_nodes",
                       bias.apply_for_all_nodes);
  archive.field("bias_correction_params.threshold", bias.threshold);
  auto& alphas = advanced.smooth_quant_alphas;
  archive.field_unless(usual.smooth_quant_alphas.convolution, "smooth_quant_alphas.convolution",
                       alphas.convolution);
  archive.field_unless(usual.smooth_quant_alphas.matmul, "smooth_quant_alphas.matmul",
                       alphas.matmul);
  archive.backend(advanced.backend_params);
}

template <typename Archive, typename Options>
void all_options(Archive& archive, Options& options) {
  archive.field("preset", options.preset);
  archive.field("model_type", options.model_type);
  archive.field("target_device", options.target_device);
  archive.field("fast_bias_correction", options.fast_bias_correction);
  archive.field_unless(QuantizeOptions{}.on_collapse, "on_collapse", options.on_collapse);
  archive.field("subset_size", options.subset_size);
  archive.list("ignored_scope.names", options.ignored_scope.names);
  archive.list("ignored_scope.patterns", options.ignored_scope.patterns);
  archive.list("ignored_scope.types", options.ignored_scope.types);
  archive.subgraphs("ignored_scope.subgraphs", options.ignored_scope.subgraphs);
  advanced_parameters(archive, options.advanced);
}

}  // namespace

Entries provenance_of(const QuantizeOptions& resolved, std::size_t samples,
                      const std::string& data_hash) {
  Writer writer;
  all_options(writer, resolved);
  writer.entries["samples"] = std::to_string(samples);
  if (!data_hash.empty()) writer.entries["data_hash"] = data_hash;
  return writer.entries;
}

QuantizeOptions options_of(const Entries& provenance) {
  Reader reader(provenance);
  QuantizeOptions options;
  all_options(reader, options);
  reader.skip("samples");
  reader.skip("data_hash");
  reader.finish();
  return options;
}

}  // namespace octet::api
