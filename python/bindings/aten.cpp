#include <algorithm>

#include <pybind11/stl.h>

#include "bindings.hpp"
#include "import/aten/captured.hpp"
#include "import/aten/functionalize.hpp"
#include "import/aten/program.hpp"
#include "import/aten/scalar_types.hpp"
#include "tensors.hpp"

/// Takes the plain tuples that `octet._walker` makes of a graph of torch.
namespace octet::python {
namespace {

namespace aten = importer::aten;

/// What the first item of an encoded tuple says the second one is; `octet._walker` has the same.
enum Tag { tensor_reference, integer_reference, element_type };

const aten::ScalarType& scalar_type(const std::string& name) {
  const auto row = std::ranges::find(aten::scalar_types, name, &aten::ScalarType::name);
  if (row == aten::scalar_types.end())
    throw Error(ErrorCode::unsupported_model, "import", "",
                "elements of type " + name + " cannot be converted", "Use another type");
  return *row;
}

[[noreturn]] void refuse(py::handle value) {
  throw Error(ErrorCode::unsupported_model, "import", "",
              "an argument of type '" + py::type::of(value).attr("__name__").cast<std::string>() +
                  "' cannot be converted",
              "Leave it out of the exported model");
}

bool has_tag(py::handle value, Tag tag) {
  return py::isinstance<py::tuple>(value) &&
         py::reinterpret_borrow<py::tuple>(value)[0].cast<int>() == tag;
}

std::string text_of(py::handle tagged) {
  return py::reinterpret_borrow<py::tuple>(tagged)[1].cast<std::string>();
}

bool is_integer(py::handle value) {
  return (py::isinstance<py::int_>(value) && !py::isinstance<py::bool_>(value)) ||
         has_tag(value, integer_reference);
}

aten::SymInt to_integer(py::handle value) {
  if (has_tag(value, integer_reference)) return {std::nullopt, text_of(value)};
  return {value.cast<std::int64_t>(), {}};
}

template <typename Test>
bool all(const py::list& list, Test test) {
  return std::all_of(list.begin(), list.end(), test);
}

template <typename T, typename Read>
std::vector<T> each(const py::list& list, Read read) {
  std::vector<T> items;
  for (const py::handle item : list) items.push_back(read(item));
  return items;
}

aten::Argument to_list(const py::list& list, bool is_of_tensors) {
  const auto to_reference = [](py::handle item) { return aten::ValueRef{text_of(item)}; };
  const auto is_reference = [](py::handle item) { return has_tag(item, tensor_reference); };
  if (list.empty() && is_of_tensors) return std::vector<aten::ValueRef>{};
  if (all(list, is_integer)) return each<aten::SymInt>(list, to_integer);
  if (all(list, is_reference)) return each<aten::ValueRef>(list, to_reference);
  if (all(list, [](py::handle item) { return py::isinstance<py::bool_>(item); }))
    return list.cast<std::vector<bool>>();
  if (all(list, [](py::handle item) { return py::isinstance<py::str>(item); }))
    return list.cast<std::vector<std::string>>();
  if (all(list, [](py::handle item) {
        return py::isinstance<py::float_>(item) || py::isinstance<py::int_>(item);
      }))
    return list.cast<std::vector<double>>();
  if (all(list, [&](py::handle item) { return item.is_none() || is_reference(item); }))
    return aten::OptionalRefs{each<std::optional<aten::ValueRef>>(
        list, [&](py::handle item) -> std::optional<aten::ValueRef> {
          if (item.is_none()) return std::nullopt;
          return to_reference(item);
        })};
  refuse(list);
}

aten::Argument to_argument(py::handle value, bool is_of_tensors) {
  if (value.is_none()) return aten::NoneValue{};
  if (has_tag(value, tensor_reference)) return aten::ValueRef{text_of(value)};
  if (is_integer(value)) return to_integer(value);
  if (py::isinstance<py::bool_>(value)) return value.cast<bool>();
  if (py::isinstance<py::float_>(value)) return value.cast<double>();
  if (py::isinstance<py::str>(value)) return value.cast<std::string>();
  if (has_tag(value, element_type)) return aten::DtypeCode{scalar_type(text_of(value)).c10};
  if (py::isinstance<py::list>(value))
    return to_list(py::reinterpret_borrow<py::list>(value), is_of_tensors);
  refuse(value);
}

/// `(element type, sizes)` of a tensor, a size that varies being `(upper bound or None,)`; the name
/// of the element type alone of a number; None where nothing is known.
aten::ValueMeta to_meta(py::handle value) {
  aten::ValueMeta meta;
  if (value.is_none()) return meta;
  if (py::isinstance<py::str>(value)) {
    meta.is_tensor = false;
    meta.shape = ov::PartialShape{};
    meta.type = scalar_type(value.cast<std::string>()).type;
    return meta;
  }
  const auto pair = py::reinterpret_borrow<py::tuple>(value);
  meta.type = scalar_type(pair[0].cast<std::string>()).type;
  std::vector<ov::Dimension> sizes;
  for (const py::handle size : pair[1]) {
    if (py::isinstance<py::int_>(size)) {
      sizes.emplace_back(size.cast<std::int64_t>());
      continue;
    }
    const py::object bound = py::reinterpret_borrow<py::tuple>(size)[0];
    sizes.emplace_back(bound.is_none() ? ov::Dimension::dynamic()
                                       : ov::Dimension(0, bound.cast<std::int64_t>()));
  }
  meta.shape = sizes;
  return meta;
}

aten::Node to_node(const py::tuple& fields) {
  aten::Node node;
  node.target = fields[0].cast<std::string>();
  node.source.op_type = node.target;
  const auto [key, path, module_class] = fields[4].cast<std::tuple<py::str, py::str, py::str>>();
  aten::set_module(node.source, std::string(key), std::string(path), std::string(module_class));
  node.source.source_line = aten::user_line(fields[5].cast<std::string>());
  for (const py::handle argument : fields[1]) {
    const auto named = py::reinterpret_borrow<py::tuple>(argument);
    node.arguments.push_back(
        {named[0].cast<std::string>(), to_argument(named[1], named[2].cast<bool>())});
  }
  for (const py::handle output : fields[2]) {
    const auto named = py::reinterpret_borrow<py::tuple>(output);
    node.outputs.push_back({named[0].cast<std::string>(), to_meta(named[1])});
  }
  node.output_is_list = fields[3].cast<bool>();
  if (!node.outputs.empty()) node.source.value_name = node.outputs.front().name;
  return node;
}

Diagnostic to_diagnostic(const std::string& code, const std::string& name) {
  if (code == "fixed_input") return aten::fixed_input(name);
  if (code == "constant_output") return aten::constant_output(name);
  return aten::state_dropped(name);
}

aten::Program to_program(const py::dict& plain) {
  aten::Program program;
  program.format = plain["format"].cast<std::string>();
  for (const py::handle item : plain["inputs"]) {
    const auto [name, user_name, meta] =
        item.cast<std::tuple<std::string, std::string, py::object>>();
    program.inputs.push_back({name, user_name, to_meta(meta)});
  }
  for (const py::handle item : plain["weights"]) {
    const auto [name, qualified, tensor] =
        item.cast<std::tuple<std::string, std::string, py::object>>();
    program.weights.push_back(
        {name, qualified, torch_to_tensor(tensor, "weight '" + qualified + "'")});
  }
  for (const py::handle item : plain["nodes"])
    program.nodes.push_back(to_node(py::reinterpret_borrow<py::tuple>(item)));
  for (const py::handle item : plain["outputs"]) {
    const auto [name, user_name] = item.cast<std::pair<std::string, std::string>>();
    program.outputs.push_back({name, user_name});
  }
  for (const py::handle item : plain["notes"]) {
    const auto [code, name] = item.cast<std::pair<std::string, std::string>>();
    program.diagnostics.push_back(to_diagnostic(code, name));
  }
  // The tensors of torch live as long as a constant of the model does.
  program.owner = keep_alive(plain["weights"]);
  return program;
}

}  // namespace

void bind_aten(py::module_& module) {
  module.def(
      "lower",
      [](const py::dict& plain) {
        const aten::Program program = to_program(plain);
        const py::gil_scoped_release released;
        return aten::lower(program);
      },
      py::arg("program"), "Converts what octet._walker makes of a graph of torch.");
  module.def("user_line", &aten::user_line, py::arg("stack_trace"),
             "'/path/resnet.py:98': the user's innermost line of torch's stack trace, or empty.");
  module.def(
      "try_lower",
      [](const py::dict& plain) {
        const aten::Program program = to_program(plain);
        std::optional<Model> model;
        std::vector<std::tuple<std::string, std::string, std::string>> unsupported;
        {
          const py::gil_scoped_release released;
          try {
            model = aten::lower(program);
          } catch (const aten::UnsupportedNodes& error) {
            if (error.nodes().empty()) throw;
            for (const aten::UnsupportedNode& node : error.nodes())
              unsupported.emplace_back(node.value, node.target, node.reason);
          }
        }
        return std::make_pair(model, unsupported);
      },
      py::arg("program"),
      "As `lower`, but what has no conversion is returned: (model or None, a list of (value, "
      "operator, reason)).");
  module.attr("MODE_WRAPPERS") = py::tuple(
      py::cast(std::vector<std::string>(aten::mode_wrappers.begin(), aten::mode_wrappers.end())));
}

}  // namespace octet::python
