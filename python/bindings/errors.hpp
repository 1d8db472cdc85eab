#pragma once

#include <functional>
#include <memory>

#include <pybind11/pybind11.h>

#include "octet/error.hpp"

namespace octet::python {

namespace py = pybind11;

/// Sets the Python exception of `octet.errors` that `error` is. Needs the GIL.
void set_python_error(const Error& error);
/// Sets the Python exception that the C++ exception in flight is. For functions that Python calls
/// without pybind11. Needs the GIL.
void set_python_error_in_flight() noexcept;

/// The first exception that the user's Python code, or a signal, raised while C++ ran. C++ ends
/// with an `octet::Error` of its own; this puts the exception back in its place.
class UserFailure {
 public:
  /// Takes what is set as Python's current error, if it is the first. Needs the GIL.
  void keep(py::error_already_set&& error);
  bool is_set() const { return error_ != nullptr; }
  /// Type and message of the exception, for messages.
  std::string describe() const;

  /// Runs `work` without the GIL. Where it fails because of the user's code: KeyboardInterrupt and
  /// what else is no `Exception` is raised as it is, any other becomes the `__cause__`.
  void run(const std::function<void()>& work);
  /// For `QuantizeOptions::is_cancelled`: true once a signal handler of Python raised.
  bool is_interrupted();
  /// Raises what a callback raised though the run came to its end.
  void raise_if_set();

 private:
  std::unique_ptr<py::error_already_set> error_;
};

}  // namespace octet::python
