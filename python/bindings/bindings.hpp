#pragma once

#include <pybind11/pybind11.h>

/// The extension octet._core: one function an area, called in this order.
namespace octet::python {

namespace py = pybind11;

void bind_errors(py::module_& module);
void bind_model(py::module_& module);
void bind_dataset(py::module_& module);
void bind_recipe(py::module_& module);
void bind_options(py::module_& module);
void bind_quantize(py::module_& module);
void bind_accuracy_control(py::module_& module);
void bind_tune(py::module_& module);
void bind_runtime(py::module_& module);
void bind_report(py::module_& module);
void bind_aten(py::module_& module);
void bind_torch(py::module_& module);

}  // namespace octet::python
