#include "unit/scheme/options_text.hpp"

#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace octet::tests {
namespace {

std::string trim(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

template <typename Value>
Value choose(const std::string& text, const std::map<std::string, Value>& values) {
  const auto found = values.find(text);
  if (found == values.end()) throw std::runtime_error("no such value: " + text);
  return found->second;
}

std::vector<std::string> list(const std::string& text) {
  std::vector<std::string> items;
  std::stringstream stream(text);
  for (std::string item; std::getline(stream, item, ',');) items.push_back(trim(item));
  return items;
}

bool flag(const std::string& text) {
  return choose<bool>(text, {{"true", true}, {"false", false}});
}

bool set_quantizer(QuantizationParameters& parameters, const std::string& field,
                   const std::string& value) {
  if (field == "mode")
    parameters.mode = choose<QuantizationMode>(
        value,
        {{"symmetric", QuantizationMode::symmetric}, {"asymmetric", QuantizationMode::asymmetric}});
  else if (field == "num_bits")
    parameters.num_bits = std::stoi(value);
  else if (field == "per_channel")
    parameters.per_channel = flag(value);
  else if (field == "narrow_range")
    parameters.narrow_range = flag(value);
  else if (field == "signedness_to_force")
    parameters.signedness_to_force = flag(value);
  else
    return false;
  return true;
}

}  // namespace

void set_option(QuantizeOptions& options, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string key = trim(assignment.substr(0, equals));
  const std::string value = trim(assignment.substr(equals + 1));
  AdvancedParameters& advanced = options.advanced;
  if (key == "preset")
    options.preset =
        choose<Preset>(value, {{"performance", Preset::performance}, {"mixed", Preset::mixed}});
  else if (key == "model_type")
    options.model_type = choose<ModelType>(
        value, {{"transformer", ModelType::transformer}, {"generic", ModelType::generic}});
  else if (key == "target_device")
    options.target_device = choose<TargetDevice>(value, {{"any", TargetDevice::any},
                                                         {"cpu", TargetDevice::cpu},
                                                         {"cpu_spr", TargetDevice::cpu_spr},
                                                         {"gpu", TargetDevice::gpu},
                                                         {"npu", TargetDevice::npu}});
  else if (key == "overflow_fix")
    advanced.overflow_fix = choose<OverflowFix>(value, {{"enable", OverflowFix::enable},
                                                        {"first_layer", OverflowFix::first_layer},
                                                        {"disable", OverflowFix::disable}});
  else if (key == "quantizer_propagation_rule")
    advanced.quantizer_propagation_rule = choose<PropagationRule>(
        value, {{"do_not_merge_branches", PropagationRule::do_not_merge_branches},
                {"merge_if_all_branches_same", PropagationRule::merge_if_all_branches_same},
                {"merge_with_potential_requantization",
                 PropagationRule::merge_with_potential_requantization},
                {"merge_all_in_one", PropagationRule::merge_all_in_one}});
  else if (key == "quantize_outputs")
    advanced.quantize_outputs = flag(value);
  else if (key == "names")
    options.ignored_scope.names = list(value);
  else if (key == "patterns")
    options.ignored_scope.patterns = list(value);
  else if (key == "types")
    options.ignored_scope.types = list(value);
  else if (key == "subgraph")
    options.ignored_scope.subgraphs.push_back({{list(value).at(0)}, {list(value).at(1)}});
  else if (key == "validate")
    options.ignored_scope.validate = flag(value);
  else if (key.rfind("activations.", 0) == 0 &&
           set_quantizer(advanced.activations_quantization_params, key.substr(12), value))
    return;
  else if (key.rfind("weights.", 0) == 0 &&
           set_quantizer(advanced.weights_quantization_params, key.substr(8), value))
    return;
  else
    throw std::runtime_error("no such option: " + key);
}

}  // namespace octet::tests
