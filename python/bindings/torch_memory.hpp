#pragma once

#include <cstddef>
#include <vector>

#include <pybind11/pybind11.h>
#include <openvino/core/type/element_type.hpp>

#include "dlpack.hpp"
#include "runtime/session.hpp"

/// The memory of torch's tensors, read without linking to torch.
namespace octet::python {

namespace py = pybind11;

/// What torch is asked for. Made from the type `torch.Tensor`.
class TorchMemory {
 public:
  /// Throws `Error` (unsupported_version) where torch is too old to tell.
  explicit TorchMemory(const py::object& tensor_type);

  /// Valid while the object lives and is not resized. Throws what torch raises.
  dlpack::Tensor borrow(PyObject* tensor) const;

 private:
  int (*borrow_)(void*, dlpack::Tensor*) = nullptr;
};

/// The element type, or dynamic where OpenVINO has none like it.
ov::element::Type element_type(const dlpack::DataType& type);

/// Whether the elements lie in this order of axes without gaps; axes of size 1 lie anywhere.
bool is_dense(const dlpack::Tensor& tensor, const runtime::AxisOrder& order);

/// Tensors whose values are part of a compiled model: tells when one is another than it was.
class WatchedTensors {
 public:
  /// Remembers the tensor as it is now. `version` is torch's count of its changes, -1 where it has
  /// none.
  void add(const TorchMemory& torch, py::object tensor, std::int64_t version);

  std::size_t size() const { return items_.size(); }
  /// Asks for the memory that `is_same` reads, so that all of it is waited for once.
  void prefetch() const {
    for (const Sample& sample : samples_) __builtin_prefetch(sample.place);
  }
  /// Whether the tensor at `index` still is `now`, with the memory, the version and, as far as a
  /// few elements tell, the values that it had. What bypasses torch's count (`tensor.data`) shows
  /// in the elements only.
  bool is_same(const TorchMemory& torch, std::size_t index, PyObject* now) const;

 private:
  struct Sample {
    const unsigned char* place;
    std::uint64_t value;
  };
  struct Item {
    py::object tensor;
    std::int64_t version = -1;
    const void* data = nullptr;
    std::size_t element_bytes = 0;
    std::size_t first_sample = 0, samples = 0;
  };
  py::object version_name_ = py::str("_version");
  std::vector<Item> items_;
  std::vector<Sample> samples_;
};

}  // namespace octet::python
