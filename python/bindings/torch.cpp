#include <pybind11/stl.h>

#include "bindings.hpp"
#include "errors.hpp"
#include "octet/error.hpp"
#include "runtime/session.hpp"
#include "torch_call.hpp"

/// What `octet.torch` runs compiled graphs with.
namespace octet::python {
namespace {

using runtime::AxisOrder;
using runtime::Session;

std::shared_ptr<Session> make_session(const Model& model, const std::string& device,
                                      const std::string& precision,
                                      const std::map<std::string, std::string>& config,
                                      const std::string& cache_dir,
                                      std::shared_ptr<runtime::SessionLimit> limit,
                                      const std::vector<AxisOrder>& input_orders,
                                      const std::vector<AxisOrder>& output_orders) {
  runtime::SessionOptions options;
  options.run.device = device;
  options.run.precision = precision;
  options.run.config = config;
  options.cache_dir = cache_dir;
  options.limit = std::move(limit);
  options.input_orders = input_orders;
  options.output_orders = output_orders;
  return std::make_shared<Session>(model, std::move(options));
}

py::dict facts_of(const Session& session) {
  const Session::Facts facts = session.facts();
  py::dict described;
  described["compile_ms"] = facts.compile_ms;
  described["compiles"] = facts.compiles;
  described["is_compiled"] = facts.is_compiled;
  described["from_cache"] = facts.from_cache;
  return described;
}

/// (argument, kind, order)
TorchCall::Input to_input(const py::tuple& row) {
  const auto kind = row[1].cast<std::string>();
  TorchCall::Input input;
  input.argument = row[0].cast<std::size_t>();
  input.kind = kind == "tensor" ? TorchCall::InputKind::tensor
               : kind == "int"  ? TorchCall::InputKind::integer
               : kind == "bool" ? TorchCall::InputKind::boolean
                                : TorchCall::InputKind::real;
  input.order = row[2].cast<AxisOrder>();
  return input;
}

/// (sizes, order, dtype); a size is a number, (input, axis) or None.
TorchCall::Output to_output(const py::tuple& row) {
  TorchCall::Output output;
  for (const py::handle item : row[0]) {
    TorchCall::Size size;
    size.input = TorchCall::nowhere;
    if (py::isinstance<py::int_>(item))
      size.known = item.cast<std::int64_t>();
    else if (!item.is_none())
      std::tie(size.input, size.axis) = item.cast<std::pair<std::size_t, std::size_t>>();
    output.sizes.push_back(size);
  }
  output.order = row[1].cast<AxisOrder>();
  output.element_type = row[2];
  return output;
}

/// ("output", index), ("number", index), ("argument", index) or ("value", object)
TorchCall::Result to_result(const py::tuple& row) {
  const auto kind = row[0].cast<std::string>();
  TorchCall::Result result;
  result.is_number = kind == "number";
  if (kind == "output" || kind == "number")
    result.output = row[1].cast<std::size_t>();
  else if (kind == "argument")
    result.argument = row[1].cast<std::size_t>();
  else
    result.value = row[1];
  return result;
}

template <typename Item, typename Convert>
std::vector<Item> each(const py::list& rows, Convert convert) {
  std::vector<Item> items;
  for (const py::handle row : rows) items.push_back(convert(py::cast<py::tuple>(row)));
  return items;
}

std::shared_ptr<TorchCall> make_call(std::shared_ptr<Session> session,
                                     const py::object& tensor_type, py::object empty_strided,
                                     const py::list& inputs, const py::list& weights,
                                     const py::list& outputs, const py::list& results,
                                     py::object changed) {
  TorchCall::Torch torch{TorchMemory(tensor_type), std::move(empty_strided)};
  WatchedTensors watched;
  // (argument or None, dictionary or None, key or None, tensor, version)
  const auto to_weight = [&](const py::tuple& row) {
    watched.add(torch.memory, row[3], row[4].cast<std::int64_t>());
    return TorchCall::Weight{row[0].cast<std::optional<std::size_t>>(), row[1], row[2]};
  };
  auto places = each<TorchCall::Weight>(weights, to_weight);
  return std::make_shared<TorchCall>(
      std::move(session), torch, each<TorchCall::Input>(inputs, to_input), std::move(places),
      std::move(watched), each<TorchCall::Output>(outputs, to_output),
      each<TorchCall::Result>(results, to_result), std::move(changed));
}

/// Of a graph: what torch calls for as long as it has the graph, whatever it is compiled to.
class TorchFunction {
 public:
  void set(std::shared_ptr<TorchCall> call) { *call_ = std::move(call); }

  /// Python's own kind of function, since to call one of pybind11's takes a microsecond more. The
  /// first argument is its owner, so that it can be a method; the others are the graph's.
  py::object function() const {
    static PyMethodDef definition = {
        "call", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&run)), METH_FASTCALL,
        "Runs the compiled graph."};
    const py::capsule held(new Held(call_), name, [](PyObject* capsule) {
      delete static_cast<Held*>(PyCapsule_GetPointer(capsule, name));
    });
    auto function = py::reinterpret_steal<py::object>(PyCFunction_New(&definition, held.ptr()));
    if (!function) throw py::error_already_set();
    return function;
  }

 private:
  using Held = std::shared_ptr<std::shared_ptr<TorchCall>>;
  static constexpr const char* name = "octet_torch_function";

  static PyObject* run(PyObject* self, PyObject* const* arguments, Py_ssize_t count) noexcept {
    try {
      // A copy, since the call may set another.
      const std::shared_ptr<TorchCall> call =
          **static_cast<Held*>(PyCapsule_GetPointer(self, name));
      const TorchCall::Values values{arguments, static_cast<std::size_t>(count)};
      return call->call(values.subspan(1)).release().ptr();
    } catch (...) {
      set_python_error_in_flight();
    }
    return nullptr;
  }

  Held call_ = std::make_shared<std::shared_ptr<TorchCall>>();
};

}  // namespace

void bind_torch(py::module_& module) {
  py::class_<runtime::SessionLimit, std::shared_ptr<runtime::SessionLimit>>(
      module, "SessionLimit", "Bounds how many of the sessions that share it are compiled.")
      .def(py::init<std::size_t>(), py::arg("most"));

  py::class_<Session, std::shared_ptr<Session>>(module, "Session",
                                                "A model to run from many threads.")
      .def(py::init(&make_session), py::kw_only(), py::arg("model"), py::arg("device"),
           py::arg("precision"), py::arg("config"), py::arg("cache_dir"), py::arg("limit"),
           py::arg("input_orders"), py::arg("output_orders"))
      .def("compile", &Session::compile, py::call_guard<py::gil_scoped_release>())
      .def("release", &Session::release)
      .def("facts", &facts_of)
      .def("layers", &Session::layers, py::call_guard<py::gil_scoped_release>());

  py::class_<TorchCall, std::shared_ptr<TorchCall>>(module, "TorchCall",
                                                    "A compiled graph as torch calls it.")
      .def(py::init(&make_call), py::kw_only(), py::arg("session"), py::arg("tensor_type"),
           py::arg("empty_strided"), py::arg("inputs"), py::arg("weights"), py::arg("outputs"),
           py::arg("results"), py::arg("changed"))
      .def("times", [](const TorchCall& call) {
        const TorchCall::Times times = call.times();
        return py::make_tuple(times.calls, times.total, times.running);
      });

  py::class_<TorchFunction>(module, "TorchFunction", "What torch calls for a graph.")
      .def(py::init<>())
      .def("set", &TorchFunction::set, py::arg("call"), "From now on this is called.")
      .def("function", &TorchFunction::function,
           "Takes an owner, which is not looked at, and what the graph takes; returns a tuple.");
}

}  // namespace octet::python
