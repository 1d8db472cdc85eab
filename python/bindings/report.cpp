#include "octet/report.hpp"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "bindings.hpp"
#include "callbacks.hpp"
#include "dataset.hpp"
#include "errors.hpp"

namespace octet::python {
namespace {

std::vector<report::NamedBenchmark> named(const std::vector<std::string>& names,
                                          const std::vector<BenchmarkResult>& results) {
  std::vector<report::NamedBenchmark> benchmarks;
  for (std::size_t i = 0; i < results.size(); ++i)
    benchmarks.push_back({i < names.size() ? names[i] : "model " + std::to_string(i), results[i]});
  return benchmarks;
}

ReportOptions to_report_options(std::size_t samples, double seconds, std::string device,
                                std::string precision, std::size_t threads,
                                const py::object& on_progress, UserFailure& failure) {
  ReportOptions options;
  options.samples = samples;
  options.seconds = seconds;
  options.device = std::move(device);
  options.precision = std::move(precision);
  options.threads = threads;
  options.on_progress = to_progress(on_progress, failure);
  options.is_cancelled = [&failure] { return failure.is_interrupted(); };
  return options;
}

std::uint64_t bytes_of(const py::object& file) {
  return file.is_none() ? 0 : file.cast<std::uint64_t>();
}

void bind_facts(py::module_& module) {
  py::class_<Facts>(module, "Report",
                    "Everything to know about a quantized model. `str()` is what matters most, a "
                    "notebook shows the page.")
      .def_readonly("verdict", &Facts::verdict, "INT8 against FP32 on the report's samples.")
      .def("to_json", &report::facts_json, "All of it; docs/report.md has the schema.")
      .def("to_html", &report::facts_html, "One page that needs nothing else.")
      .def("save", &report::save_html, py::arg("path"), "Writes the page.")
      .def("__str__", &report::facts_text)
      .def("__repr__", [](const Facts& facts) {
        return "<octet.Report of " + std::to_string(facts.layers.size()) + " layers, " +
               to_string(facts.verdict) + ">";
      });

  module.def(
      "report",
      [](const Model& reference, const Model& quantized, const py::object& data,
         std::size_t samples, double seconds, const std::string& device,
         const std::string& precision, std::size_t threads, const py::object& reference_bytes,
         const py::object& quantized_bytes, const py::object& on_progress) {
        UserFailure failure;
        const ReportOptions options =
            to_report_options(samples, seconds, device, precision, threads, on_progress, failure);
        Facts facts;
        with_dataset(data, failure, [&](Dataset& dataset) {
          facts = examine(reference, quantized, dataset, options);
        });
        failure.raise_if_set();
        facts.reference.file_bytes = bytes_of(reference_bytes);
        facts.quantized.file_bytes = bytes_of(quantized_bytes);
        return facts;
      },
      py::arg("reference"), py::arg("quantized"), py::arg("data"), py::arg("samples"),
      py::arg("seconds"), py::arg("device"), py::arg("precision"), py::arg("threads"),
      py::arg("reference_bytes") = py::none(), py::arg("quantized_bytes") = py::none(),
      py::arg("on_progress") = py::none());
  module.def(
      "report_of_result",
      [](const Model& reference, const QuantizeResult& result, std::size_t threads,
         const py::object& on_progress) {
        UserFailure failure;
        const ReportOptions usual;
        const ReportOptions options =
            to_report_options(usual.samples, usual.seconds, usual.device, usual.precision, threads,
                              on_progress, failure);
        Facts facts;
        failure.run([&] { facts = examine(reference, result, options); });
        failure.raise_if_set();
        return facts;
      },
      py::arg("reference"), py::arg("result"), py::arg("threads") = 0,
      py::arg("on_progress") = py::none(), "The report on what `quantize` made.");
}

void bind_verification(py::module_& module) {
  py::class_<Verification>(module, "Verification",
                           "Whether a quantized model is what its receipt says. True if it is.")
      .def_property_readonly("is_equal", &Verification::is_equal)
      .def("__bool__", &Verification::is_equal)
      .def("to_json", &report::verification_json)
      .def("__str__", &report::verification_text)
      .def("__repr__", [](const Verification& found) {
        return std::string("<octet.Verification: ") + (found.is_equal() ? "equal" : "not equal") +
               ">";
      });
  module.def(
      "verify",
      [](const Model& quantized, const py::object& data, const std::optional<Model>& reference,
         std::size_t threads, const py::object& on_progress) {
        UserFailure failure;
        QuantizeOptions run;
        run.threads = threads;
        run.on_progress = to_progress(on_progress, failure);
        run.is_cancelled = [&failure] { return failure.is_interrupted(); };
        Verification found;
        with_dataset(data, failure,
                     [&](Dataset& dataset) { found = verify(quantized, dataset, reference, run); });
        failure.raise_if_set();
        return found;
      },
      py::arg("quantized"), py::arg("data"), py::arg("reference") = py::none(),
      py::arg("threads") = 0, py::arg("on_progress") = py::none());
}

}  // namespace

void bind_report(py::module_& module) {
  bind_facts(module);
  bind_verification(module);
  module.def("layers_text", &report::layers_text, py::arg("model"), py::arg("layers"));
  module.def("tree_text", &report::tree_text, py::arg("model"), py::arg("layers"),
             py::arg("depth") = py::none());
  module.def("layers_dot", &report::layers_dot, py::arg("model"), py::arg("layers"));
  module.def("layers_json", &report::layers_json, py::arg("model"), py::arg("layers"));
  module.def(
      "benchmark_text",
      [](const std::vector<std::string>& names, const std::vector<BenchmarkResult>& results) {
        return report::benchmark_text(named(names, results));
      },
      py::arg("names"), py::arg("results"));
  module.def(
      "benchmark_json",
      [](const std::vector<std::string>& names, const std::vector<BenchmarkResult>& results) {
        return report::benchmark_json(named(names, results));
      },
      py::arg("names"), py::arg("results"));
  module.def("preview_text", &report::preview_text, py::arg("model"), py::arg("preview"));
  module.def("preview_json", &report::preview_json, py::arg("preview"));
  module.def("precisions_text", &report::precisions_text, py::arg("layers"),
             "Layers of each kind and the precision that they ran in.");
}

}  // namespace octet::python
