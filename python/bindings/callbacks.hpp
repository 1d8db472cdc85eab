#pragma once

#include <functional>

#include <pybind11/pybind11.h>

#include "errors.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet::python {

/// Calls Python's `on_progress(stage, done, total)`; what it raises is kept in `failure`, which
/// cancels the run. None: no callback. Both must outlive the function.
std::function<void(const Progress&)> to_progress(const py::object& on_progress,
                                                 UserFailure& failure);

/// `plain` as `to_options` reads it, with these two callbacks, and cancelled by what is kept in
/// `failure` or by a signal. All must outlive the options.
QuantizeOptions to_options(const py::dict& plain, const py::object& on_progress,
                           const py::object& on_diagnostic, UserFailure& failure);

/// Calls Python's `validate(model)`; what it raises is kept in `failure` and ends the run. Both
/// must outlive the function.
std::function<double(const Model&)> to_validation(const py::object& validate, UserFailure& failure);

/// Calls Python's `function(value)`, as `to_progress` calls `on_progress`.
template <typename Value>
std::function<void(const Value&)> to_callback(const py::object& function, UserFailure& failure) {
  if (function.is_none()) return {};
  return [&function, &failure](const Value& value) {
    const py::gil_scoped_acquire held;
    if (failure.is_set()) return;
    try {
      function(value);
    } catch (py::error_already_set& error) {
      failure.keep(std::move(error));
    }
  };
}

}  // namespace octet::python
