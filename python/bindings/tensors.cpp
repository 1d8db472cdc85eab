#include "tensors.hpp"

#include <algorithm>

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "import/aten/scalar_types.hpp"
#include "octet/error.hpp"

namespace octet::python {
namespace {

using importer::aten::scalar_types;
using importer::aten::ScalarType;

ov::element::Type type_of(const std::string& name, const std::string& where) {
  // numpy (with ml_dtypes) has torch's names.
  const auto row = std::ranges::find(scalar_types, name, &ScalarType::name);
  if (row == scalar_types.end() || row->type == ov::element::Type_t::dynamic)
    throw Error(ErrorCode::sample_mismatch, "data", where,
                "it has elements of type " + name + ", which OpenVINO does not have",
                "Convert it to float32 first");
  return row->type;
}

ov::Tensor view(ov::element::Type type, const ov::Shape& shape, void* data, py::object owner) {
  static float nothing = 0;  // an empty tensor may have no address
  const ov::Tensor borrowed(type, shape, data ? data : &nothing);
  return ov::Tensor(borrowed, keep_alive(std::move(owner)));
}

ov::Tensor numpy_to_tensor(py::array array, const std::string& where) {
  const std::string name = array.dtype().attr("name").cast<std::string>();
  const ov::element::Type type = type_of(name, where);
  const bool is_native = array.dtype().attr("isnative").cast<bool>();
  if (!is_native || !(array.flags() & py::array::c_style) ||
      !(array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_)) {
    const auto numpy = py::module_::import("numpy");
    const py::object native = array.dtype().attr("newbyteorder")("=");
    array = numpy.attr("array")(array, py::arg("dtype") = native, py::arg("order") = "C");
  }
  const ov::Shape shape(array.shape(), array.shape() + array.ndim());
  // Taken before the array is moved: arguments are evaluated in any order.
  void* data = const_cast<void*>(array.data());
  return view(type, shape, data, std::move(array));
}

bool is_of(const py::object& object, const char* module, const char* attribute) {
  // Looked up only where the module is loaded already: an object of it cannot exist otherwise.
  const py::dict modules = py::module_::import("sys").attr("modules");
  if (!modules.contains(module)) return false;
  return py::isinstance(object, modules[module].attr(attribute));
}

}  // namespace

std::shared_ptr<void> keep_alive(py::object object) {
  return {object.release().ptr(), [](void* pointer) {
            if (!Py_IsInitialized()) return;
            const py::gil_scoped_acquire held;
            Py_DECREF(static_cast<PyObject*>(pointer));
          }};
}

ov::Tensor torch_to_tensor(const py::object& given, const std::string& where) {
  py::object tensor = given.attr("detach")();
  if (py::str(tensor.attr("layout")).cast<std::string>() != "torch.strided")
    throw Error(ErrorCode::sample_mismatch, "data", where, "the tensor of torch is not dense",
                "Convert it with .to_dense()");
  if (tensor.attr("device").attr("type").cast<std::string>() != "cpu")
    tensor = tensor.attr("cpu")();
  if (tensor.attr("is_conj")().cast<bool>() || tensor.attr("is_neg")().cast<bool>())
    tensor = tensor.attr("resolve_conj")().attr("resolve_neg")();
  tensor = tensor.attr("contiguous")();
  const std::string dtype = py::str(tensor.attr("dtype"));  // torch.float32
  const ov::element::Type type = type_of(dtype.substr(dtype.find('.') + 1), where);
  const auto shape = py::tuple(tensor.attr("shape")).cast<std::vector<std::size_t>>();
  void* data = reinterpret_cast<void*>(tensor.attr("data_ptr")().cast<std::uintptr_t>());
  return view(type, ov::Shape(shape), data, std::move(tensor));
}

ov::Tensor to_tensor(const py::object& array, const std::string& where) {
  if (py::isinstance<py::array>(array)) return numpy_to_tensor(array, where);
  if (is_of(array, "torch", "Tensor")) return torch_to_tensor(array, where);
  if (is_of(array, "openvino", "Tensor")) {
    // Its bf16 has no type in numpy; the bytes are what matters.
    const std::string name = array.attr("element_type").attr("to_string")().cast<std::string>();
    const auto shape = py::tuple(array.attr("shape")).cast<std::vector<std::size_t>>();
    void* data = reinterpret_cast<void*>(
        array.attr("data").attr("ctypes").attr("data").cast<std::uintptr_t>());
    return view(ov::element::Type(name), ov::Shape(shape), data, array);
  }
  const bool is_number = py::isinstance<py::int_>(array) || py::isinstance<py::float_>(array) ||
                         py::isinstance<py::bool_>(array);
  if (is_number || py::hasattr(array, "__array__") || py::hasattr(array, "__array_interface__") ||
      PyObject_CheckBuffer(array.ptr()))
    return numpy_to_tensor(py::module_::import("numpy").attr("asarray")(array), where);
  if (py::hasattr(array, "__dlpack__"))
    return numpy_to_tensor(py::module_::import("numpy").attr("from_dlpack")(array), where);
  throw Error(ErrorCode::sample_mismatch, "data", where,
              "it holds an object of type '" +
                  py::type::of(array).attr("__qualname__").cast<std::string>() +
                  "', which is no tensor",
              "Give a transform_fn that returns a tensor, a list of tensors in the order of the "
              "model's inputs, or a dictionary by their names");
}

py::object to_numpy(const ov::Tensor& given) {
  ov::Tensor tensor = given;
  const auto row = std::ranges::find(scalar_types, ov::element::Type_t(tensor.get_element_type()),
                                     &ScalarType::type);
  if (tensor.get_element_type() == ov::element::bf16) {
    ov::Tensor wide(ov::element::f32, tensor.get_shape());
    std::copy_n(tensor.data<ov::bfloat16>(), tensor.get_size(), wide.data<float>());
    tensor = wide;
  } else if (row == scalar_types.end() || row->name.starts_with("float8")) {
    throw Error(ErrorCode::unsupported_model, "runtime", "",
                "numpy has no elements of type " + tensor.get_element_type().get_type_name(),
                "Let the model convert this output to f32");
  }
  const auto name = tensor.get_element_type() == given.get_element_type() ? row->name : "float32";
  const py::dtype dtype{std::string(name)};
  auto* held = new ov::Tensor(tensor);
  const py::capsule owner(held, [](void* pointer) { delete static_cast<ov::Tensor*>(pointer); });
  const ov::Shape sizes = tensor.get_shape();
  const std::vector<py::ssize_t> shape(sizes.begin(), sizes.end());
  return py::array(dtype, shape, {}, held->data(), owner);
}

}  // namespace octet::python
