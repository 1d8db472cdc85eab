#include "octet/recipe.hpp"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "bindings.hpp"

namespace octet::python {

void bind_recipe(py::module_& module) {
  using Released = py::call_guard<py::gil_scoped_release>;
  py::class_<Recipe>(module, "Recipe",
                     "What quantization decided: an ordered list of edits of the original model.")
      .def_readonly("octet_version", &Recipe::octet_version)
      .def_readonly("openvino_version", &Recipe::openvino_version)
      .def_readonly("model_fingerprint", &Recipe::model_fingerprint)
      .def_readonly("provenance", &Recipe::provenance,
                    "The options that made it and facts on the data.")
      .def(
          "to_json", [](const Recipe& recipe) { return to_json(recipe); }, Released())
      .def_static("from_json", &recipe_from_json, py::arg("text"), py::arg("origin") = "recipe",
                  Released(), "`origin` names the text in errors.")
      .def(
          "save",
          [](const Recipe& recipe, const std::filesystem::path& path) { save(recipe, path); },
          py::arg("path"), Released())
      .def_static("load", &load_recipe, py::arg("path"), Released())
      .def(
          "__len__", [](const Recipe& recipe) { return recipe.edits.size(); }, "Number of edits.")
      .def(
          "__eq__", [](const Recipe& a, const Recipe& b) { return to_json(a) == to_json(b); },
          py::is_operator())
      .def("__repr__", [](const Recipe& recipe) {
        return "<octet.Recipe of " + std::to_string(recipe.edits.size()) + " edits>";
      });

  module.def(
      "apply", [](const Model& model, const Recipe& recipe) { return apply(model, recipe); },
      py::arg("model"), py::arg("recipe"), Released(), "Replays `recipe` on a clone of `model`.");
}

}  // namespace octet::python
