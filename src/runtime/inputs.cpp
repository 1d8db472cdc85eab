#include "runtime/inputs.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "core/element_types.hpp"
#include "core/tensor_values.hpp"
#include "core/text.hpp"
#include "octet/error.hpp"

namespace octet::runtime {
namespace {

using Parameter = ov::op::v0::Parameter;

[[noreturn]] void refuse(const std::string& where, const std::string& problem,
                         const std::string& remedy) {
  throw Error(ErrorCode::sample_mismatch, "data", where, problem, remedy);
}

/// Every name of each input. An input's tensor names are those that the source's file gives it.
std::map<std::string, std::size_t> names_of(const ov::ParameterVector& parameters) {
  std::map<std::string, std::size_t> names;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    names.emplace(parameters[i]->get_friendly_name(), i);
    for (const std::string& name : parameters[i]->output(0).get_names()) names.emplace(name, i);
  }
  return names;
}

std::string list_inputs(const ov::ParameterVector& parameters) {
  std::vector<std::string> words;
  for (const auto& parameter : parameters)
    words.push_back("'" + parameter->get_friendly_name() + "' (" +
                    parameter->get_element_type().get_type_name() + " " +
                    parameter->get_partial_shape().to_string() + ")");
  return core::join_words(words);
}

/// Which input each of the sample's tensors is for.
std::vector<std::size_t> places_of(const ov::ParameterVector& parameters, const Sample& sample,
                                   const std::string& where) {
  const auto names = names_of(parameters);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < sample.inputs.size(); ++i) {
    const std::string& name = sample.inputs[i].first;
    if (name.empty()) {
      places.push_back(i);
      continue;
    }
    const auto found = names.find(name);
    if (found == names.end()) {
      std::vector<std::string> known;
      for (const auto& [word, place] : names) known.push_back(word);
      const auto nearest = core::nearest(name, known, 1);
      refuse(where, "the model has no input '" + name + "'; it takes " + list_inputs(parameters),
             nearest.empty() ? "" : "Did you mean '" + nearest[0] + "'?");
    }
    places.push_back(found->second);
  }
  if (places.size() != parameters.size())
    refuse(where,
           "it has " + std::to_string(places.size()) + " tensors, the model takes " +
               std::to_string(parameters.size()) + ": " + list_inputs(parameters),
           "Give one tensor an input");
  std::vector<std::size_t> sorted = places;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != i)
      refuse(where, "an input is given twice, or by name and by position",
             "Name every input, or none");
  return places;
}

/// False where a value has no place in the target's type.
bool convert(const ov::Tensor& source, ov::Tensor& target) {
  const std::vector<double> values = core::values_of(source);
  bool fits = true;
  const bool is_known = core::with_element_type(target.get_element_type(), [&]<typename T>() {
    auto* out = static_cast<T*>(target.data());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_integral_v<T>)
        if (values[i] < static_cast<double>(std::numeric_limits<T>::lowest()) ||
            values[i] > static_cast<double>(std::numeric_limits<T>::max())) {
          fits = false;
          return;
        }
      out[i] = static_cast<T>(values[i]);
    }
  });
  return is_known && fits;
}

ov::Tensor fit(const Parameter& parameter, const ov::Tensor& tensor, const std::string& where) {
  const std::string name = describe_input(parameter);
  if (!parameter.get_partial_shape().compatible(ov::PartialShape(tensor.get_shape()))) {
    const ov::PartialShape& wanted = parameter.get_partial_shape();
    ov::Shape with_batch = tensor.get_shape();
    with_batch.insert(with_batch.begin(), 1);
    const bool lacks_batch = wanted.compatible(ov::PartialShape(with_batch));
    refuse(where,
           name + " has shape " + ov::PartialShape(tensor.get_shape()).to_string() +
               ", the model takes " + wanted.to_string(),
           lacks_batch ? "Add an axis of 1 in front" : "Give samples of the model's shape");
  }
  const ov::element::Type from = tensor.get_element_type(), to = parameter.get_element_type();
  if (from == to || to.is_dynamic()) return tensor;
  // A fraction has no place among integers; the reverse is how raw pixels come.
  const bool may_convert = to.is_real() || !from.is_real();
  ov::Tensor converted(to, tensor.get_shape());
  if (!may_convert || !convert(tensor, converted))
    refuse(where,
           name + " has elements of type " + from.get_type_name() + ", the model takes " +
               to.get_type_name(),
           "Convert the samples to " + to.get_type_name());
  return converted;
}

}  // namespace

std::string describe_input(const Parameter& parameter) {
  return "input '" + parameter.get_friendly_name() + "'";
}

std::vector<ov::Tensor> bind_inputs(const ov::Model& model, const Sample& sample,
                                    const std::string& where) {
  const ov::ParameterVector& parameters = model.get_parameters();
  const std::vector<std::size_t> places = places_of(parameters, sample, where);
  std::vector<ov::Tensor> tensors(parameters.size());
  for (std::size_t i = 0; i < places.size(); ++i)
    tensors[places[i]] = fit(*parameters[places[i]], sample.inputs[i].second, where);
  return tensors;
}

}  // namespace octet::runtime
