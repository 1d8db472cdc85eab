#include "options.hpp"

#include <pybind11/stl.h>

#include "bindings.hpp"
#include "words.hpp"

namespace octet::python {
namespace {

void read(py::handle value, IgnoredScope& target);
void read(py::handle value, Subgraph& target);
void read(py::handle value, AdvancedParameters& target);
void read(py::handle value, QuantizationParameters& target);
void read(py::handle value, StatisticsCollectorParameters& target);
void read(py::handle value, RangeEstimatorParameters& target);
void read(py::handle value, BiasCorrectionParameters& target);
void read(py::handle value, SmoothQuantAlphas& target);

template <typename T>
void read(py::handle value, T& target) {
  if constexpr (std::is_enum_v<T>)
    target = parse_word<T>(value.cast<std::string>(), "options");
  else
    target = value.cast<T>();
}

void read(py::handle value, std::vector<Subgraph>& target) {
  for (const py::handle item : value) read(item, target.emplace_back());
}

template <typename T>
void read(py::handle value, std::optional<T>& target) {
  if (!value.is_none()) read(value, target.emplace());
}

/// Takes one field of a dictionary; every field is there.
class Fields {
 public:
  explicit Fields(py::handle value) : fields_(py::reinterpret_borrow<py::dict>(value)) {}
  template <typename T>
  const Fields& operator()(const char* name, T& target) const {
    const py::object value = fields_[name];
    if constexpr (requires { target.has_value(); })
      read(value, target);
    else if (!value.is_none())
      read(value, target);
    return *this;
  }

 private:
  py::dict fields_;
};

void read(py::handle value, Subgraph& target) {
  Fields{value}("inputs", target.inputs)("outputs", target.outputs);
}

void read(py::handle value, IgnoredScope& target) {
  Fields{value}("names", target.names)("patterns", target.patterns)("types", target.types)(
      "subgraphs", target.subgraphs)("validate", target.validate);
}

void read(py::handle value, QuantizationParameters& target) {
  Fields{value}("num_bits", target.num_bits)("mode", target.mode)(
      "signedness_to_force", target.signedness_to_force)("per_channel", target.per_channel)(
      "narrow_range", target.narrow_range);
}

void read(py::handle value, StatisticsCollectorParameters& target) {
  Fields{value}("statistics_type", target.statistics_type)(
      "aggregator_type", target.aggregator_type)("clipping_value", target.clipping_value)(
      "quantile_outlier_prob", target.quantile_outlier_prob);
}

void read(py::handle value, RangeEstimatorParameters& target) {
  Fields{value}("min", target.min)("max", target.max);
}

void read(py::handle value, BiasCorrectionParameters& target) {
  Fields{value}("apply_for_all_nodes", target.apply_for_all_nodes)("threshold", target.threshold);
}

void read(py::handle value, SmoothQuantAlphas& target) {
  Fields{value}("convolution", target.convolution)("matmul", target.matmul);
}

void read(py::handle value, AdvancedParameters& target) {
  Fields{value}("overflow_fix", target.overflow_fix)("quantize_outputs", target.quantize_outputs)(
      "inplace_statistics", target.inplace_statistics)("disable_channel_alignment",
                                                       target.disable_channel_alignment)(
      "disable_bias_correction", target.disable_bias_correction)(
      "batchwise_statistics", target.batchwise_statistics)("activations_quantization_params",
                                                           target.activations_quantization_params)(
      "weights_quantization_params", target.weights_quantization_params)(
      "quantizer_propagation_rule", target.quantizer_propagation_rule)(
      "activations_range_estimator_params", target.activations_range_estimator_params)(
      "weights_range_estimator_params", target.weights_range_estimator_params)(
      "bias_correction_params", target.bias_correction_params)(
      "smooth_quant_alphas", target.smooth_quant_alphas)("backend_params", target.backend_params);
}

template <typename Enum>
py::tuple words() {
  py::list list;
  for (const char* word : core::words_of<Enum>) list.append(word);
  return py::tuple(list);
}

}  // namespace

QuantizeOptions to_options(const py::dict& plain) {
  QuantizeOptions options;
  Fields{plain}("preset", options.preset)("model_type", options.model_type)(
      "target_device", options.target_device)("subset_size", options.subset_size)(
      "fast_bias_correction", options.fast_bias_correction)("ignored_scope", options.ignored_scope)(
      "advanced_parameters", options.advanced)("on_collapse", options.on_collapse)(
      "threads", options.threads)("max_memory", options.max_memory);
  return options;
}

void bind_options(py::module_& module) {
  module.def(
      "option_words",
      [] {
        py::dict all;
        all["QuantizationPreset"] = words<Preset>();
        all["ModelType"] = words<ModelType>();
        all["TargetDevice"] = words<TargetDevice>();
        all["DropType"] = words<DropType>();
        all["OnCollapse"] = words<OnCollapse>();
        all["QuantizationMode"] = words<QuantizationMode>();
        all["OverflowFix"] = words<OverflowFix>();
        all["QuantizerPropagationRule"] = words<PropagationRule>();
        all["StatisticsType"] = words<StatisticsType>();
        all["AggregatorType"] = words<AggregatorType>();
        return all;
      },
      "The words of each enumeration of options.");
}

}  // namespace octet::python
