#pragma once

#include <memory>

#include <pybind11/pybind11.h>
#include <openvino/runtime/tensor.hpp>

namespace octet::python {

namespace py = pybind11;

/// Keeps `object` alive for as long as the pointer lives; gives it up with the GIL held.
std::shared_ptr<void> keep_alive(py::object object);

/// An array of numpy, torch or OpenVINO, or what numpy can make one of. Shares the memory where the
/// elements are contiguous in the CPU's memory, else copies. Throws `Error` (sample_mismatch)
/// naming `where` for anything else. Needs the GIL.
ov::Tensor to_tensor(const py::object& array, const std::string& where);

/// A dense tensor of torch on the CPU or elsewhere. Shares the memory where it can.
ov::Tensor torch_to_tensor(const py::object& tensor, const std::string& where);

/// A numpy array that shares the tensor's memory and keeps it alive. bf16, which
/// numpy lacks, is widened to f32.
py::object to_numpy(const ov::Tensor& tensor);

}  // namespace octet::python
