#pragma once

#include <functional>

#include <pybind11/pybind11.h>

#include "errors.hpp"
#include "octet/options.hpp"

namespace octet::python {

/// Calls Python's `on_progress(stage, done, total)`; what it raises is kept in `failure`, which
/// cancels the run. None: no callback. Both must outlive the function.
std::function<void(const Progress&)> to_progress(const py::object& on_progress,
                                                 UserFailure& failure);
/// Calls Python's `on_diagnostic(diagnostic)`, as `to_progress` calls `on_progress`.
std::function<void(const Diagnostic&)> to_listener(const py::object& on_diagnostic,
                                                   UserFailure& failure);

}  // namespace octet::python
