#include "bindings.hpp"

#include "octet/version.hpp"

PYBIND11_MODULE(_core, module) {
  namespace python = octet::python;
  module.doc() = "The native half of octet. Use the names that the package octet exports.";
  module.attr("__version__") = octet::version();
  python::bind_errors(module);
  python::bind_model(module);
  python::bind_dataset(module);
  python::bind_recipe(module);
  python::bind_options(module);
  python::bind_runtime(module);  // its types stand in signatures of what follows
  python::bind_quantize(module);
  python::bind_accuracy_control(module);
  python::bind_tune(module);
  python::bind_report(module);
  python::bind_aten(module);
  python::bind_torch(module);
}
