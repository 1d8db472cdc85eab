#include "octet/runtime.hpp"

#include <pybind11/stl.h>

#include "bindings.hpp"
#include "dataset.hpp"
#include "errors.hpp"
#include "octet/diagnose.hpp"
#include "octet/report.hpp"
#include "tensors.hpp"

namespace octet::python {
namespace {

RunOptions to_run_options(const std::string& device, const std::string& precision,
                          std::size_t threads, std::map<std::string, std::string> config,
                          const py::object& example) {
  RunOptions options{device, precision, threads, std::move(config), {}};
  if (!example.is_none()) options.example = to_sample(example, "the example");
  return options;
}

void bind_results(py::module_& module) {
  py::class_<ExecutedLayer>(module, "ExecutedLayer", "A node that the plugin really executes.")
      .def_readonly("name", &ExecutedLayer::name, "Name in the executable graph.")
      .def_readonly("originals", &ExecutedLayer::originals, "The model's nodes that it implements.")
      .def_readonly("type", &ExecutedLayer::type, "The plugin's layer type: 'Convolution'.")
      .def_readonly("precision", &ExecutedLayer::precision, "'i8', 'u8', 'f32', 'bf16', …")
      .def_readonly("kernel", &ExecutedLayer::kernel, "The plugin's primitive.")
      .def_readonly("milliseconds", &ExecutedLayer::milliseconds, "0 where not measured.")
      .def("__repr__", [](const ExecutedLayer& layer) {
        return "<octet.ExecutedLayer " + layer.name + " (" + layer.type + "): " + layer.precision +
               ">";
      });

  py::class_<BenchmarkResult>(module, "BenchmarkResult", "Latency in ms, throughput in items/s.")
      .def_readonly("median_ms", &BenchmarkResult::median_ms)
      .def_readonly("p10_ms", &BenchmarkResult::p10_ms)
      .def_readonly("p90_ms", &BenchmarkResult::p90_ms)
      .def_readonly("throughput", &BenchmarkResult::throughput)
      .def_readonly("iterations", &BenchmarkResult::iterations)
      .def_readonly("compile_ms", &BenchmarkResult::compile_ms)
      .def_readonly("layers", &BenchmarkResult::layers)
      .def("__repr__", [](const BenchmarkResult& result) {
        return "<octet.BenchmarkResult " + std::to_string(result.median_ms) + " ms>";
      });

  py::class_<OutputDifference>(module, "OutputDifference",
                               "How far one output is from the reference's, over all samples.")
      .def_readonly("name", &OutputDifference::name)
      .def_readonly("cosine", &OutputDifference::cosine, "Mean over samples.")
      .def_readonly("sqnr_db", &OutputDifference::sqnr_db, "Infinite where equal.")
      .def_readonly("max_error", &OutputDifference::max_error)
      .def_readonly("top1_agreement", &OutputDifference::top1_agreement,
                    "Share of rows with the same largest element, for outputs [rows, classes].")
      .def("__repr__", [](const OutputDifference& output) {
        return "<octet.OutputDifference " + output.name + ": cosine " +
               std::to_string(output.cosine) + ">";
      });

  py::class_<Comparison>(module, "Comparison", "Two models' outputs on the same samples.")
      .def_readonly("outputs", &Comparison::outputs)
      .def_readonly("samples", &Comparison::samples)
      .def("to_json", &report::comparison_json)
      .def("__str__", &report::comparison_text)
      .def("__repr__", [](const Comparison& comparison) {
        return "<octet.Comparison over " + std::to_string(comparison.samples) + " samples>";
      });
}

}  // namespace

void bind_runtime(py::module_& module) {
  bind_results(module);
  const auto device = py::arg("device") = "CPU";
  const auto precision = py::arg("precision") = "auto";
  const auto threads = py::arg("threads") = 0;
  const auto config = py::arg("config") = std::map<std::string, std::string>();
  const auto example = py::arg("example") = py::none();

  module.def(
      "run",
      [](const Model& model, const py::object& sample, const std::string& on, const std::string& in,
         std::size_t count, std::map<std::string, std::string> further) {
        const RunOptions options = to_run_options(on, in, count, std::move(further), py::none());
        const Sample converted = to_sample(sample, "the sample");
        std::vector<ov::Tensor> outputs;
        {
          const py::gil_scoped_release released;
          outputs = run(model, converted, options);
        }
        py::list arrays;
        for (const ov::Tensor& output : outputs) arrays.append(to_numpy(output));
        return arrays;
      },
      py::arg("model"), py::arg("sample"), device, precision, threads, config,
      "Runs one item; the outputs in the model's order, as arrays.");
  module.def(
      "benchmark",
      [](const std::vector<Model>& models, double seconds, const std::string& on,
         const std::string& in, std::size_t count, std::map<std::string, std::string> further,
         const py::object& item) {
        const RunOptions options = to_run_options(on, in, count, std::move(further), item);
        UserFailure failure;
        std::vector<BenchmarkResult> results;
        failure.run([&] {
          results = benchmark(models, seconds, options, [&] { return failure.is_interrupted(); });
        });
        failure.raise_if_set();
        return results;
      },
      py::arg("models"), py::arg("seconds"), device, precision, threads, config, example,
      "Latency and throughput; several models take turns.");
  module.def(
      "executed_layers",
      [](const Model& model, const std::string& on, const std::string& in, std::size_t count,
         std::map<std::string, std::string> further, const py::object& item) {
        const RunOptions options = to_run_options(on, in, count, std::move(further), item);
        const py::gil_scoped_release released;
        return executed_layers(model, options);
      },
      py::arg("model"), device, precision, threads, config, example,
      "Compiles the model and tells what each layer runs in.");
  module.def(
      "compare",
      [](const Model& reference, const Model& other, const py::object& data, std::size_t samples,
         const std::string& on, const std::string& in, std::size_t count,
         std::map<std::string, std::string> further) {
        const RunOptions options = to_run_options(on, in, count, std::move(further), py::none());
        UserFailure failure;
        Comparison comparison;
        with_dataset(data, failure, [&](Dataset& dataset) {
          comparison = compare(reference, other, dataset, samples, options);
        });
        return comparison;
      },
      py::arg("reference"), py::arg("other"), py::arg("data"), py::arg("samples"), device,
      precision, threads, config, "Runs at most `samples` items through both models.");
}

}  // namespace octet::python
