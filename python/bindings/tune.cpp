#include "octet/tune.hpp"

#include <pybind11/stl.h>

#include "bindings.hpp"
#include "callbacks.hpp"
#include "dataset.hpp"
#include "errors.hpp"
#include "octet/report.hpp"
#include "options.hpp"
#include "tensors.hpp"
#include "words.hpp"

namespace octet::python {
namespace {

TuneResult run(const Model& model, const py::object& data, const py::object& validate,
               const py::dict& plain, double max_drop, const std::string& drop_type,
               double time_limit, const std::string& precision, std::size_t inference_threads,
               const py::object& example, const py::object& on_candidate,
               const py::object& on_progress, const py::object& on_diagnostic) {
  UserFailure failure;
  const QuantizeOptions options = to_options(plain, on_progress, on_diagnostic, failure);
  TuneOptions tuning;
  if (!validate.is_none()) tuning.validate = to_validation(validate, failure);
  tuning.max_drop = max_drop;
  tuning.drop_type = parse_word<DropType>(drop_type, "drop_type");
  tuning.time_limit = time_limit;
  tuning.run.precision = precision;
  tuning.run.threads = inference_threads;
  if (!example.is_none()) tuning.run.example = to_sample(example, "the example");
  tuning.on_candidate = to_callback<TuneCandidate>(on_candidate, failure);
  std::optional<TuneResult> result;
  with_dataset(data, failure,
               [&](Dataset& dataset) { result = tune(model, dataset, options, tuning); });
  failure.raise_if_set();
  return std::move(*result);
}

}  // namespace

void bind_tune(py::module_& module) {
  py::class_<TuneCandidate>(module, "TuneCandidate", "A recipe that was tried.")
      .def_readonly("name", &TuneCandidate::name, "Options that differ from those given.")
      .def_readonly("float_layers", &TuneCandidate::float_layers,
                    "What the search put back to floating point.")
      .def_readonly("recipe", &TuneCandidate::recipe, "For `octet.apply`.")
      .def_readonly("score", &TuneCandidate::score, "The metric; without one SQNR in dB.")
      .def_readonly("latency_ms", &TuneCandidate::latency_ms)
      .def_readonly("speedup", &TuneCandidate::speedup, "How many times faster than the model.")
      .def_readonly("bytes", &TuneCandidate::bytes, "Size of all constants.")
      .def_readonly("int8_layers", &TuneCandidate::quantized)
      .def_readonly("seconds", &TuneCandidate::seconds, "Since the beginning.")
      .def_readonly("is_on_front", &TuneCandidate::is_on_front,
                    "No other candidate is as good and as fast.")
      .def("__repr__", [](const TuneCandidate& candidate) {
        return "<octet.TuneCandidate " + candidate.name + ": score " +
               std::to_string(candidate.score) + ", " + std::to_string(candidate.speedup) +
               " times as fast>";
      });

  py::class_<TuneResult>(module, "TuneResult", "Recipes that were tried, and the chosen model.")
      .def_readonly("result", &TuneResult::result,
                    "The chosen model, as `quantize_to_openvino` returns it.")
      .def_readonly("candidates", &TuneResult::candidates,
                    "In the order of trying; the first: the options as given.")
      .def_property_readonly(
          "front",
          [](const TuneResult& tuned) {
            std::vector<TuneCandidate> front;
            for (const TuneCandidate& candidate : tuned.candidates)
              if (candidate.is_on_front) front.push_back(candidate);
            return front;
          },
          "Those that no other candidate is as good and as fast as.")
      .def_property_readonly(
          "chosen", [](const TuneResult& tuned) { return tuned.candidates.at(tuned.chosen); })
      .def_readonly("has_metric", &TuneResult::has_metric)
      .def_readonly("reference_score", &TuneResult::reference_score, "The model's metric.")
      .def_readonly("reference_latency_ms", &TuneResult::reference_latency_ms)
      .def_readonly("reference_bytes", &TuneResult::reference_bytes)
      .def_readonly("samples", &TuneResult::samples,
                    "Items that scores were measured on; 0 with a metric.")
      .def_readonly("is_complete", &TuneResult::is_complete,
                    "Whether the search came to its end before the time limit.")
      .def("to_json", &report::tune_json)
      .def("text", &report::tune_text, py::arg("all") = false)
      .def("__str__", [](const TuneResult& tuned) { return report::tune_text(tuned); });

  module.def("tune", &run, py::arg("model"), py::arg("data"), py::arg("validate"),
             py::arg("options"), py::arg("max_drop"), py::arg("drop_type"), py::arg("time_limit"),
             py::arg("precision"), py::arg("inference_threads"), py::arg("example"),
             py::arg("on_candidate") = py::none(), py::arg("on_progress") = py::none(),
             py::arg("on_diagnostic") = py::none());
}

}  // namespace octet::python
