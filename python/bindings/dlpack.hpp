#pragma once

#include <cstdint>

/// The part of DLPack 1.x's binary interface (github.com/dmlc/dlpack) by which torch tells of a
/// tensor's memory without making an object: `type(tensor).__dlpack_c_exchange_api__`.
namespace octet::python::dlpack {

struct Version {
  std::uint32_t major, minor;
};

struct Device {
  std::int32_t type;  ///< 1: CPU
  std::int32_t id;
};
constexpr std::int32_t cpu = 1;

struct DataType {
  std::uint8_t code;  ///< 0 signed, 1 unsigned, 2 IEEE float, 4 bfloat, 6 bool
  std::uint8_t bits;
  std::uint16_t lanes;
};

struct Tensor {
  void* data;
  Device device;
  std::int32_t ndim;
  DataType dtype;
  std::int64_t* shape;
  std::int64_t* strides;  ///< in elements
  std::uint64_t byte_offset;
};

struct ExchangeApiHeader {
  Version version;
  ExchangeApiHeader* previous;
};

struct ExchangeApi {
  ExchangeApiHeader header;
  void* allocate;
  void* from_object;
  void* to_object;
  int (*borrow)(void* object, Tensor* out);  ///< valid while the object lives; may be null
  void* current_stream;
};

constexpr std::uint32_t major_version = 1;

}  // namespace octet::python::dlpack
