#include "octet/model.hpp"

#include <algorithm>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <openvino/op/constant.hpp>

#include "bindings.hpp"
#include "octet/recipe.hpp"

namespace octet::python {
namespace {

/// Inputs or outputs as (name, element type, shape); a size that is not fixed is -1.
template <typename Ports>
py::list describe_ports(const Ports& ports) {
  py::list described;
  for (const auto& port : ports) {
    const auto& names = port.get_names();
    std::vector<std::string> sorted(names.begin(), names.end());
    std::ranges::sort(sorted);
    py::object shape = py::none();
    if (const ov::PartialShape& partial = port.get_partial_shape(); partial.rank().is_static()) {
      py::list sizes;
      for (const ov::Dimension& size : partial)
        sizes.append(size.is_static() ? size.get_length() : -1);
      shape = py::tuple(sizes);
    }
    described.append(
        py::make_tuple(py::tuple(py::cast(sorted)), port.get_element_type().to_string(), shape));
  }
  return described;
}

ov::Model& model_at(std::uintptr_t address) {
  return *reinterpret_cast<ov::Model*>(address);
}

/// Puts the graph of `model` into `shell`, an empty ov::Model that Python owns: nodes and weights
/// are shared, none is copied.
void fill(ov::Model& shell, const ov::Model& graph) {
  shell.add_parameters(graph.get_parameters());
  shell.add_sinks(graph.get_sinks());
  shell.add_results(graph.get_results());
  for (const auto& variable : graph.get_variables())  // sinks bring theirs
    if (!shell.get_variable_by_id(variable->get_info().variable_id))
      shell.add_variables({variable});
  shell.get_rt_info() = graph.get_rt_info();
  shell.set_friendly_name(graph.get_friendly_name());
  shell.validate_nodes_and_infer_types();
}

}  // namespace

void bind_model(py::module_& module) {
  py::class_<SourceInfo>(module, "SourceInfo", "Where a node came from. Any field may be empty.")
      .def_readonly("value_name", &SourceInfo::value_name, "Name in the source: 'conv2d_7'.")
      .def_readonly("module_path", &SourceInfo::module_path, "'layer4.0.conv1'")
      .def_readonly("module_class", &SourceInfo::module_class, "'torch.nn.modules.conv.Conv2d'")
      .def_readonly("op_type", &SourceInfo::op_type, "'aten.conv2d.default', 'Conv'")
      .def_readonly("source_line", &SourceInfo::source_line, "'/path/resnet.py:98'")
      .def(
          "__eq__", [](const SourceInfo& a, const SourceInfo& b) { return a == b; },
          py::is_operator())
      .def("__repr__", [](const SourceInfo& info) {
        return "<octet.SourceInfo " + info.module_path + " " + info.op_type + " " +
               info.source_line + ">";
      });

  py::class_<Model>(module, "Model", "A model in memory with the origin of its nodes.")
      .def_readonly("format", &Model::format,
                    "'pt2', 'onnx', 'ir', 'exported_program', 'graph_module' or 'ov_model'.")
      .def_readonly("origin", &Model::origin, "File that it came from, or empty.")
      .def_readonly("diagnostics", &Model::diagnostics)
      .def_property_readonly(
          "sources", [](const Model& model) { return model.sources.entries(); },
          "Origin of each node, by the node's name in this model.")
      .def_property_readonly(
          "inputs", [](const Model& model) { return describe_ports(model.graph->inputs()); },
          "(names, element type, shape) of each input; a size that varies is -1.")
      .def_property_readonly(
          "outputs", [](const Model& model) { return describe_ports(model.graph->outputs()); },
          "(names, element type, shape) of each output.")
      .def(
          "describe",
          [](const Model& model, const std::string& node) { return model.sources.describe(node); },
          py::arg("node"), "\"node 'layer4.0.conv1' (resnet.py:98)\": a node in the user's words.")
      .def(
          "fingerprint", [](const Model& model) { return fingerprint(model); },
          py::call_guard<py::gil_scoped_release>(),
          "Hash of topology, names, shapes, types and constants.")
      .def(
          "save", [](const Model& model, const std::filesystem::path& path) { save(model, path); },
          py::arg("path"), py::call_guard<py::gil_scoped_release>(),
          "Writes OpenVINO IR: `path` (.xml), and a .bin beside it.")
      .def(
          "_fill",
          [](const Model& model, std::uintptr_t shell) {
            fill(model_at(shell), *model.graph->clone());
          },
          py::arg("shell"),
          "Puts a clone of the graph, sharing its weights, into an empty openvino.Model.")
      .def(
          "_constant_addresses",
          [](const Model& model) {
            std::vector<std::uintptr_t> addresses;
            for (const auto& node : model.graph->get_ordered_ops())
              if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node))
                addresses.push_back(reinterpret_cast<std::uintptr_t>(constant->get_data_ptr()));
            return addresses;
          },
          "Addresses of the constants' data, for tests that nothing was copied.")
      .def("__repr__", [](const Model& model) {
        return "<octet.Model " + model.format +
               (model.origin.empty() ? "" : " '" + model.origin + "'") + ", " +
               std::to_string(model.graph->get_ops().size()) + " nodes>";
      });

  module.def("load", &load, py::arg("path"), py::call_guard<py::gil_scoped_release>(),
             "Reads .pt2, .onnx or .xml.");
  module.def(
      "from_ov_address",
      [](std::uintptr_t address) { return from_ov_model(model_at(address).shared_from_this()); },
      py::arg("address"), "A clone of the openvino.Model at this address that shares its weights.");
}

}  // namespace octet::python
