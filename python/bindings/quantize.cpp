#include "octet/quantize.hpp"
#include "octet/preview.hpp"

#include <pybind11/functional.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "bindings.hpp"
#include "callbacks.hpp"
#include "dataset.hpp"
#include "errors.hpp"
#include "octet/calibrate.hpp"
#include "octet/report.hpp"
#include "options.hpp"

namespace octet::python {
namespace {

QuantizeResult run(const Model& model, const py::object& data, const py::dict& plain,
                   const py::object& on_progress, const py::object& on_diagnostic) {
  UserFailure failure;
  const QuantizeOptions options = to_options(plain, on_progress, on_diagnostic, failure);
  std::optional<QuantizeResult> result;
  with_dataset(data, failure,
               [&](Dataset& dataset) { result = quantize(model, dataset, options); });
  failure.raise_if_set();
  return std::move(*result);
}

report::Files files(const QuantizeResult& result) {
  return {result.model.origin, {}, {}, 0, 0};
}

}  // namespace

std::function<void(const Progress&)> to_progress(const py::object& on_progress,
                                                 UserFailure& failure) {
  if (on_progress.is_none()) return {};
  return [&on_progress, &failure](const Progress& progress) {
    const py::gil_scoped_acquire held;
    if (failure.is_set()) return;
    try {
      on_progress(progress.stage, progress.done,
                  progress.total ? py::object(py::int_(progress.total)) : py::none());
    } catch (py::error_already_set& error) {
      failure.keep(std::move(error));
    }
  };
}

QuantizeOptions to_options(const py::dict& plain, const py::object& on_progress,
                           const py::object& on_diagnostic, UserFailure& failure) {
  QuantizeOptions options = to_options(plain);
  options.on_progress = to_progress(on_progress, failure);
  options.on_diagnostic = to_callback<Diagnostic>(on_diagnostic, failure);
  options.is_cancelled = [&failure] { return failure.is_interrupted(); };
  return options;
}

void bind_quantize(py::module_& module) {
  py::class_<LayerDecision>(module, "LayerDecision", "Whether a layer runs in INT8, and why.")
      .def_readonly("node", &LayerDecision::node, "The node's name in the model.")
      .def_readonly("type", &LayerDecision::type, "OpenVINO type.")
      .def_readonly("precision", &LayerDecision::precision, "'int8' or 'float'")
      .def_readonly("reason", &LayerDecision::reason)
      .def("__repr__", [](const LayerDecision& layer) {
        return "<octet.LayerDecision " + layer.node + " (" + layer.type + "): " + layer.precision +
               (layer.reason.empty() ? "" : ", " + layer.reason) + ">";
      });

  py::class_<LayerError>(module, "LayerError", "The error that is made in one layer.")
      .def_readonly("node", &LayerError::node, "The node's name in the model.")
      .def_readonly("sqnr_db", &LayerError::sqnr_db, "Of its output, from exact inputs.")
      .def("__repr__", [](const LayerError& layer) {
        return "<octet.LayerError " + layer.node + ": " + std::to_string(layer.sqnr_db) + " dB>";
      });

  py::class_<Verdict>(module, "Verdict",
                      "INT8 against FP32 on a few samples of the calibration. `str()` is one line.")
      .def_property_readonly(
          "level", [](const Verdict& verdict) { return word_of(verdict.level); },
          "'unchecked', 'good', 'doubtful' or 'collapsed'")
      .def_readonly("samples", &Verdict::samples)
      .def_readonly("outputs", &Verdict::outputs, "Those of floating type.")
      .def_readonly("layers", &Verdict::layers,
                    "Where the error is made, the worst first; empty where the level is good.")
      .def_readonly("remedy", &Verdict::remedy,
                    "Options that give a better model on these samples; empty where none is known.")
      .def_readonly("remedy_sqnr_db", &Verdict::remedy_sqnr_db,
                    "Of the worst output, with the remedy.")
      .def("__str__", [](const Verdict& verdict) { return to_string(verdict); })
      .def("__repr__",
           [](const Verdict& verdict) { return "<octet.Verdict " + to_string(verdict) + ">"; });

  py::class_<QuantizeResult>(module, "QuantizeResult", "What `quantize` made, and how.")
      .def_readonly("model", &QuantizeResult::model, "Ready to run or to save.")
      .def_readonly("recipe", &QuantizeResult::recipe, "What was done.")
      .def_readonly("layers", &QuantizeResult::layers)
      .def_readonly("diagnostics", &QuantizeResult::diagnostics)
      .def_readonly("samples", &QuantizeResult::samples, "Items of the dataset that were read.")
      .def_readonly("stage_seconds", &QuantizeResult::stage_seconds)
      .def_property_readonly(
          "profile",
          [](const QuantizeResult& result) {
            std::vector<std::tuple<std::string, double, double>> times;
            for (const StageTime& time : result.profile)
              times.emplace_back(time.stage, time.seconds, time.processor_seconds);
            return times;
          },
          "Where the time went: (stage or stage/part, seconds, processor's seconds of all "
          "threads).")
      .def_property_readonly(
          "memory",
          [](const QuantizeResult& result) {
            py::dict memory;
            memory["predicted_bytes"] = result.memory.predicted_bytes;
            memory["streams"] = result.memory.streams;
            memory["samples_in_flight"] = result.memory.samples_in_flight;
            memory["is_within_limit"] = result.memory.is_within_limit;
            return memory;
          },
          "What measuring the samples was expected to take, in bytes beyond what the process had, "
          "and how many samples ran at a time.")
      .def("profile_text", &report::profile_text, "Where the time went, as a table.")
      .def_readonly("verdict", &QuantizeResult::verdict,
                    "INT8 against FP32 on a few samples of the calibration.")
      .def(
          "to_json",
          [](const QuantizeResult& result) { return report::quantize_json(result, files(result)); })
      .def(
          "__str__",
          [](const QuantizeResult& result) { return report::quantize_text(result, files(result)); })
      .def("__repr__", [](const QuantizeResult& result) {
        return "<octet.QuantizeResult of " + std::to_string(result.recipe.edits.size()) + " edits>";
      });

  module.def(
      "calibrate",
      [](const Model& model, const py::object& data, const std::filesystem::path& file,
         std::size_t number, std::size_t count, const py::dict& plain,
         const py::object& on_progress, const py::object& on_diagnostic) {
        UserFailure failure;
        const QuantizeOptions options = to_options(plain, on_progress, on_diagnostic, failure);
        std::size_t items = 0;
        with_dataset(data, failure, [&](Dataset& dataset) {
          items = calibrate(model, dataset, file, {number - 1, count}, options);
        });
        failure.raise_if_set();
        return items;
      },
      py::arg("model"), py::arg("data"), py::arg("file"), py::arg("number"), py::arg("count"),
      py::arg("options"), py::arg("on_progress") = py::none(),
      py::arg("on_diagnostic") = py::none());
  module.def("stored_statistics", &stored_statistics, py::arg("files"),
             "What `calibrate` wrote for all shards, in place of a dataset.");
  module.def("quantize", &run, py::arg("model"), py::arg("data"), py::arg("options"),
             py::arg("on_progress") = py::none(), py::arg("on_diagnostic") = py::none());
  py::class_<RulePreview>(module, "RulePreview", "One rule of an ignored scope, what it touches.")
      .def_readonly("rule", &RulePreview::rule, "In words, such as \"name 'head'\".")
      .def_readonly("nodes", &RulePreview::nodes, "Friendly names of all that it covers.")
      .def_readonly("layers", &RulePreview::layers,
                    "Layers that would be INT8 without the scope, and that this rule covers.")
      .def_readonly("problem", &RulePreview::problem,
                    "Why it is of no use; `quantize` stops there. Empty where it is of use.")
      .def_readonly("remedy", &RulePreview::remedy);
  py::class_<Preview>(module, "Preview")
      .def_readonly("rules", &Preview::rules)
      .def_readonly("also", &Preview::also,
                    "Layers that no rule covers, and that are in floating point all the same.");
  module.def(
      "preview",
      [](const Model& model, const py::dict& plain) {
        const QuantizeOptions options = to_options(plain);
        const py::gil_scoped_release released;
        return preview(model, options);
      },
      py::arg("model"), py::arg("options"));
  module.def(
      "inspect",
      [](const Model& model, const py::dict& plain) {
        const QuantizeOptions options = to_options(plain);
        const py::gil_scoped_release released;
        return inspect(model, options);
      },
      py::arg("model"), py::arg("options"));
}

}  // namespace octet::python
