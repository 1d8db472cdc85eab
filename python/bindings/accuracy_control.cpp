#include "octet/accuracy_control.hpp"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "bindings.hpp"
#include "callbacks.hpp"
#include "dataset.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "words.hpp"

namespace octet::python {
namespace {

AccuracyControlResult run(const Model& model, const py::object& data, const py::object& validate,
                          const py::dict& plain, double max_drop, const std::string& drop_type,
                          double time_limit, const std::filesystem::path& state,
                          const py::object& on_step, const py::object& on_progress,
                          const py::object& on_diagnostic) {
  UserFailure failure;
  const QuantizeOptions options = to_options(plain, on_progress, on_diagnostic, failure);
  AccuracyControlOptions control;
  control.max_drop = max_drop;
  control.drop_type = parse_word<DropType>(drop_type, "drop_type");
  control.time_limit = time_limit;
  control.state = state;
  control.on_step = to_callback<AccuracyStep>(on_step, failure);
  const auto measure = to_validation(validate, failure);
  std::optional<AccuracyControlResult> result;
  with_dataset(data, failure, [&](Dataset& dataset) {
    result = quantize_with_accuracy_control(model, dataset, measure, options, control);
  });
  failure.raise_if_set();
  return std::move(*result);
}

}  // namespace

std::function<double(const Model&)> to_validation(const py::object& validate,
                                                  UserFailure& failure) {
  return [&validate, &failure](const Model& model) {
    const py::gil_scoped_acquire held;
    try {
      return validate(model).cast<double>();
    } catch (py::error_already_set& error) {
      failure.keep(std::move(error));
    } catch (const py::cast_error&) {
      throw Error(ErrorCode::invalid_argument, "search", "the validation function",
                  "it returned no number", "Return the metric, or the metric and a list");
    }
    throw Error(ErrorCode::dataset_failed, "search", "the validation function",
                "it raised " + failure.describe(), "See the exception that is the cause");
  };
}

void bind_accuracy_control(py::module_& module) {
  py::class_<AccuracyStep>(module, "AccuracyStep", "A model that was measured on the way.")
      .def_readonly("float_layers", &AccuracyStep::float_layers,
                    "How many layers were put back to floating point.")
      .def_readonly("metric", &AccuracyStep::metric)
      .def_readonly("drop", &AccuracyStep::drop)
      .def_readonly("seconds", &AccuracyStep::seconds, "Since the beginning.")
      .def_readonly("is_known", &AccuracyStep::is_known, "Taken from the state of an earlier run.")
      .def("__repr__", [](const AccuracyStep& step) {
        return "<octet.AccuracyStep " + std::to_string(step.float_layers) +
               " layers in floating point: metric " + std::to_string(step.metric) + ", drop " +
               std::to_string(step.drop) + ">";
      });

  py::class_<AccuracyControlResult>(module, "AccuracyControlResult",
                                    "The best model, and how it was found.")
      .def_readonly("result", &AccuracyControlResult::result, "As `quantize_to_openvino` returns.")
      .def_readonly("reference_metric", &AccuracyControlResult::reference_metric)
      .def_readonly("metric", &AccuracyControlResult::metric)
      .def_readonly("drop", &AccuracyControlResult::drop)
      .def_readonly("is_reached", &AccuracyControlResult::is_reached,
                    "Whether the drop is within the allowed one.")
      .def_readonly("float_layers", &AccuracyControlResult::float_layers,
                    "What was put back to floating point.")
      .def_readonly("steps", &AccuracyControlResult::steps);

  module.def("quantize_with_accuracy_control", &run, py::arg("model"), py::arg("data"),
             py::arg("validate"), py::arg("options"), py::arg("max_drop"), py::arg("drop_type"),
             py::arg("time_limit"), py::arg("state"), py::arg("on_step") = py::none(),
             py::arg("on_progress") = py::none(), py::arg("on_diagnostic") = py::none());
}

}  // namespace octet::python
