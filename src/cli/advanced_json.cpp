#include "cli/advanced_json.hpp"

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

#include "cli/words.hpp"

namespace octet::cli {
namespace {

using Json = nlohmann::json;
/// What a key's value does; the text is the key's whole path, for errors.
using Reader = std::function<void(const Json&, const std::string&)>;

[[noreturn]] void refuse(const std::string& where, const std::string& problem,
                         const std::string& remedy = "") {
  throw Error(ErrorCode::invalid_argument, "command", "option '--advanced', " + where, problem,
              remedy);
}

void read_value(const Json& json, const std::string& path, bool& target) {
  if (!json.is_boolean()) refuse(path, "it is neither true nor false");
  target = json.get<bool>();
}

void read_value(const Json& json, const std::string& path, int& target) {
  if (!json.is_number_integer() || json.get<std::int64_t>() < std::numeric_limits<int>::min() ||
      json.get<std::int64_t>() > std::numeric_limits<int>::max())
    refuse(path, "it is no whole number");
  target = json.get<int>();
}

template <typename Number>
requires std::is_floating_point_v<Number>
void read_value(const Json& json, const std::string& path, Number& target) {
  if (!json.is_number()) refuse(path, "it is no number");
  target = json.get<Number>();
  if (!std::isfinite(target)) refuse(path, "it is out of range");
}

template <typename Enum>
requires std::is_enum_v<Enum>
void read_value(const Json& json, const std::string& path, Enum& target) {
  if (!json.is_string()) refuse(path, "it is no text");
  target = parse_word<Enum>(json.get<std::string>(), "option '--advanced', " + path);
}

template <typename T>
void read_value(const Json& json, const std::string& path, std::optional<T>& target) {
  target.reset();
  if (json.is_null()) return;
  read_value(json, path, target.emplace());
}

void read_value(const Json&, const std::string&, QuantizationParameters&);
void read_value(const Json&, const std::string&, StatisticsCollectorParameters&);
void read_value(const Json&, const std::string&, RangeEstimatorParameters&);
void read_value(const Json&, const std::string&, BiasCorrectionParameters&);
void read_value(const Json&, const std::string&, SmoothQuantAlphas&);
void read_value(const Json&, const std::string&, std::map<std::string, std::string>&);

template <typename T>
Reader into(T& target) {
  return [&target](const Json& json, const std::string& path) { read_value(json, path, target); };
}

struct Key {
  const char* name;
  Reader read;
};

void read_object(const Json& json, const std::string& path, const std::vector<Key>& keys) {
  if (!json.is_object()) refuse(path, "it is no object");
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.name);
  for (const auto& [name, value] : json.items()) {
    const auto key = std::ranges::find(names, name);
    if (key == names.end())
      refuse(path, "there is no '" + name + "'",
             "Did you mean '" + core::nearest(name, names, 1)[0] + "'?");
    const std::string whole = path == "the JSON" ? name : path + "." + name;
    keys[static_cast<std::size_t>(key - names.begin())].read(value, whole);
  }
}

void read_value(const Json& json, const std::string& path, QuantizationParameters& target) {
  read_object(json, path,
              {{"num_bits", into(target.num_bits)},
               {"mode", into(target.mode)},
               {"signedness_to_force", into(target.signedness_to_force)},
               {"per_channel", into(target.per_channel)},
               {"narrow_range", into(target.narrow_range)}});
}

void read_value(const Json& json, const std::string& path, StatisticsCollectorParameters& target) {
  read_object(json, path,
              {{"statistics_type", into(target.statistics_type)},
               {"aggregator_type", into(target.aggregator_type)},
               {"clipping_value", into(target.clipping_value)},
               {"quantile_outlier_prob", into(target.quantile_outlier_prob)}});
}

void read_value(const Json& json, const std::string& path, RangeEstimatorParameters& target) {
  read_object(json, path, {{"min", into(target.min)}, {"max", into(target.max)}});
}

void read_value(const Json& json, const std::string& path, BiasCorrectionParameters& target) {
  read_object(json, path,
              {{"apply_for_all_nodes", into(target.apply_for_all_nodes)},
               {"threshold", into(target.threshold)}});
}

void read_value(const Json& json, const std::string& path, SmoothQuantAlphas& target) {
  read_object(json, path,
              {{"convolution", into(target.convolution)}, {"matmul", into(target.matmul)}});
}

void read_value(const Json& json, const std::string& path,
                std::map<std::string, std::string>& target) {
  if (!json.is_object()) refuse(path, "it is no object");
  for (const auto& [name, value] : json.items())
    target[name] = value.is_string() ? value.get<std::string>() : value.dump();
}

std::string text_of(const std::string& text) {
  if (text.find('{') != text.npos) return text;
  std::ifstream file(text, std::ios::binary);
  if (!file)
    throw Error(ErrorCode::file_not_found, "command", "option '--advanced'",
                "'" + text + "' is neither JSON nor a file that can be read",
                "Write for example --advanced '{\"overflow_fix\": \"disable\"}'");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

AdvancedParameters parse_advanced(const std::string& text) {
  const Json json = Json::parse(text_of(text), nullptr, false);
  if (json.is_discarded()) refuse("the JSON", "it is not valid");
  AdvancedParameters all;
  read_object(json, "the JSON",
              {{"overflow_fix", into(all.overflow_fix)},
               {"quantize_outputs", into(all.quantize_outputs)},
               {"inplace_statistics", into(all.inplace_statistics)},
               {"disable_channel_alignment", into(all.disable_channel_alignment)},
               {"disable_bias_correction", into(all.disable_bias_correction)},
               {"batchwise_statistics", into(all.batchwise_statistics)},
               {"activations_quantization_params", into(all.activations_quantization_params)},
               {"weights_quantization_params", into(all.weights_quantization_params)},
               {"quantizer_propagation_rule", into(all.quantizer_propagation_rule)},
               {"activations_range_estimator_params", into(all.activations_range_estimator_params)},
               {"weights_range_estimator_params", into(all.weights_range_estimator_params)},
               {"bias_correction_params", into(all.bias_correction_params)},
               {"smooth_quant_alphas", into(all.smooth_quant_alphas)},
               {"backend_params", into(all.backend_params)}});
  return all;
}

}  // namespace octet::cli
