#include "torch_memory.hpp"

#include <array>
#include <cstring>

#include "octet/error.hpp"

namespace octet::python {
namespace {

std::uint64_t read(const unsigned char* place, std::size_t bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, place, std::min(bytes, sizeof value));
  return value;
}

/// Address of the element that is the `index`-th in row-major order.
const unsigned char* address_of(const dlpack::Tensor& tensor, std::int64_t index,
                                std::size_t element_bytes) {
  std::int64_t offset = 0;
  for (int axis = tensor.ndim; axis-- > 0;) {
    offset += index % tensor.shape[axis] * tensor.strides[axis];
    index /= tensor.shape[axis];
  }
  return static_cast<const unsigned char*>(tensor.data) + tensor.byte_offset +
         offset * static_cast<std::int64_t>(element_bytes);
}

}  // namespace

TorchMemory::TorchMemory(const py::object& tensor_type) {
  const py::object capsule = py::getattr(tensor_type, "__dlpack_c_exchange_api__", py::none());
  const auto* api = capsule.is_none()
                        ? nullptr
                        : static_cast<const dlpack::ExchangeApiHeader*>(
                              PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
  while (api && api->version.major > dlpack::major_version) api = api->previous;
  if (api && api->version.major == dlpack::major_version)
    borrow_ = reinterpret_cast<const dlpack::ExchangeApi*>(api)->borrow;
  if (!borrow_)
    throw Error(ErrorCode::unsupported_version, "torch", "",
                "this version of torch does not offer DLPack's exchange interface",
                "Use torch 2.13, which was tested");
}

dlpack::Tensor TorchMemory::borrow(PyObject* tensor) const {
  dlpack::Tensor memory{};
  if (borrow_(tensor, &memory) != 0) throw py::error_already_set();
  return memory;
}

ov::element::Type element_type(const dlpack::DataType& type) {
  struct Row {
    std::uint8_t code, bits;
    ov::element::Type_t type;
  };
  static constexpr std::array rows = {
      Row{2, 32, ov::element::Type_t::f32},    Row{2, 64, ov::element::Type_t::f64},
      Row{2, 16, ov::element::Type_t::f16},    Row{4, 16, ov::element::Type_t::bf16},
      Row{0, 64, ov::element::Type_t::i64},    Row{0, 32, ov::element::Type_t::i32},
      Row{0, 16, ov::element::Type_t::i16},    Row{0, 8, ov::element::Type_t::i8},
      Row{1, 64, ov::element::Type_t::u64},    Row{1, 32, ov::element::Type_t::u32},
      Row{1, 16, ov::element::Type_t::u16},    Row{1, 8, ov::element::Type_t::u8},
      Row{6, 8, ov::element::Type_t::boolean},
  };
  for (const Row& row : rows)
    if (row.code == type.code && row.bits == type.bits && type.lanes == 1) return row.type;
  return ov::element::dynamic;
}

bool is_dense(const dlpack::Tensor& tensor, const runtime::AxisOrder& order) {
  std::int64_t expected = 1;
  for (auto place = static_cast<std::size_t>(tensor.ndim); place-- > 0;) {
    const std::size_t axis = order.empty() ? place : order[place];
    if (tensor.shape[axis] != 1 && tensor.strides[axis] != expected) return false;
    expected *= tensor.shape[axis];
  }
  return true;
}

void WatchedTensors::add(const TorchMemory& torch, py::object tensor, std::int64_t version) {
  const dlpack::Tensor memory = torch.borrow(tensor.ptr());
  Item item;
  item.version = version;
  item.data = memory.data;
  item.element_bytes = memory.dtype.bits / 8;
  item.first_sample = samples_.size();
  std::int64_t count = 1;
  for (int axis = 0; axis < memory.ndim; ++axis) count *= memory.shape[axis];
  constexpr std::int64_t wanted = 4;
  for (std::int64_t i = 0; i < std::min(wanted, count); ++i) {
    // Spread from the first to the last element.
    const std::int64_t index = count <= wanted ? i : i * (count - 1) / (wanted - 1);
    const unsigned char* place = address_of(memory, index, item.element_bytes);
    samples_.push_back({place, read(place, item.element_bytes)});
  }
  item.samples = samples_.size() - item.first_sample;
  item.tensor = std::move(tensor);
  items_.push_back(std::move(item));
}

bool WatchedTensors::is_same(const TorchMemory& torch, std::size_t index, PyObject* now) const {
  const Item& item = items_[index];
  if (now != item.tensor.ptr()) return false;
  if (item.version >= 0) {
    const auto version =
        py::reinterpret_steal<py::object>(PyObject_GetAttr(now, version_name_.ptr()));
    if (!version) throw py::error_already_set();
    if (PyLong_AsLongLong(version.ptr()) != item.version) return false;
  }
  if (torch.borrow(now).data != item.data) return false;
  // Without a branch for each, so that the reads wait for memory together.
  std::uint64_t difference = 0;
  for (std::size_t i = item.first_sample; i < item.first_sample + item.samples; ++i)
    difference |= samples_[i].value ^ read(samples_[i].place, item.element_bytes);
  return difference == 0;
}

}  // namespace octet::python
