#include "errors.hpp"

#include <pybind11/stl.h>

#include "bindings.hpp"
#include "core/memory.hpp"
#include "core/text.hpp"

namespace octet::python {

void set_python_error(const Error& error) {
  try {
    const py::object exception =
        py::module_::import("octet.errors")
            .attr("make")(std::string(name_of(error.code())), error.stage(), error.where(),
                          error.problem(), error.remedy());
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  } catch (py::error_already_set& failed) {
    failed.restore();
  }
}

void UserFailure::keep(py::error_already_set&& error) {
  if (!error_) error_ = std::make_unique<py::error_already_set>(std::move(error));
}

std::string UserFailure::describe() const {
  const std::string type = error_->type().attr("__name__").cast<std::string>();
  const std::string text = py::str(error_->value()).cast<std::string>();
  return text.empty() ? type : type + ": " + text;
}

void UserFailure::run(const std::function<void()>& work) {
  try {
    const py::gil_scoped_release released;
    work();
  } catch (const Error& error) {
    if (!error_) throw;
    if (!error_->matches(PyExc_Exception)) raise_if_set();
    set_python_error(error);
    py::error_already_set raised;
    // Python before 3.12 keeps the traceback beside the exception.
    if (error_->trace()) PyException_SetTraceback(error_->value().ptr(), error_->trace().ptr());
    PyException_SetCause(raised.value().ptr(), error_->value().inc_ref().ptr());
    throw raised;
  }
}

void set_python_error_in_flight() noexcept {
  try {
    throw;
  } catch (py::error_already_set& raised) {
    raised.restore();
  } catch (const Error& error) {
    set_python_error(error);
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_RuntimeError, failure.what());
  }
}

bool UserFailure::is_interrupted() {
  const py::gil_scoped_acquire held;
  if (!error_ && PyErr_CheckSignals() != 0) keep(py::error_already_set());
  return is_set();
}

void UserFailure::raise_if_set() {
  if (!error_) return;
  error_->restore();
  throw py::error_already_set();
}

void bind_errors(py::module_& module) {
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      set_python_error(error);
    } catch (const std::bad_alloc&) {
      set_python_error(core::out_of_memory("command", ""));
    }
  });

  module.def(
      "error_codes",
      [] {
        py::dict codes;
        for (ErrorCode code : all_error_codes())
          codes[py::str(std::string(name_of(code)))] =
              py::make_tuple(exit_code_of(code), std::string(meaning_of(code)));
        return codes;
      },
      "Every error code with the command's exit code and what it means.");
  module.def(
      "error_text",
      [](const std::string& stage, const std::string& where, const std::string& problem,
         const std::string& remedy) {
        return std::string(Error(ErrorCode::internal, stage, where, problem, remedy).what());
      },
      py::arg("stage"), py::arg("where"), py::arg("problem"), py::arg("remedy"),
      "`[stage] where: problem. remedy`");
  module.def("nearest", &core::nearest, py::arg("word"), py::arg("candidates"),
             py::arg("count") = 3, "Up to `count` of `candidates`, nearest to `word` first.");

  py::class_<Diagnostic>(module, "Diagnostic",
                         "Something that the user should know and that did not stop the run.")
      .def_property_readonly(
          "severity",
          [](const Diagnostic& diagnostic) {
            return diagnostic.severity == Diagnostic::Severity::note ? "note" : "warning";
          },
          "'note' or 'warning'.")
      .def_readonly("stage", &Diagnostic::stage, "Part of the pipeline, such as 'import'.")
      .def_readonly("code", &Diagnostic::code, "Stable short name, such as 'dead_channel'.")
      .def_readonly("where", &Diagnostic::where, "File or node in the user's words, or empty.")
      .def_readonly("message", &Diagnostic::message)
      .def_readonly("remedy", &Diagnostic::remedy)
      .def("__str__", [](const Diagnostic& diagnostic) { return to_string(diagnostic); })
      .def("__repr__", [](const Diagnostic& diagnostic) {
        return "<octet.Diagnostic " + to_string(diagnostic) + ">";
      });
}

}  // namespace octet::python
