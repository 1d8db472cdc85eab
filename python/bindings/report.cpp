#include "octet/report.hpp"

#include <pybind11/stl.h>

#include "bindings.hpp"

namespace octet::python {
namespace {

std::vector<report::NamedBenchmark> named(const std::vector<std::string>& names,
                                          const std::vector<BenchmarkResult>& results) {
  std::vector<report::NamedBenchmark> benchmarks;
  for (std::size_t i = 0; i < results.size(); ++i)
    benchmarks.push_back({i < names.size() ? names[i] : "model " + std::to_string(i), results[i]});
  return benchmarks;
}

}  // namespace

void bind_report(py::module_& module) {
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
