#pragma once

#include <array>
#include <string_view>

#include <openvino/core/type/element_type.hpp>

namespace octet::importer::aten {

/// An element type of torch.
struct ScalarType {
  int archive_code;          ///< in a .pt2
  int c10;                   ///< `c10::ScalarType`
  std::string_view name;     ///< `float32`
  ov::element::Type_t type;  ///< dynamic where OpenVINO has none
};

inline constexpr std::array scalar_types = {
    ScalarType{1, 0, "uint8", ov::element::Type_t::u8},
    ScalarType{2, 1, "int8", ov::element::Type_t::i8},
    ScalarType{3, 2, "int16", ov::element::Type_t::i16},
    ScalarType{4, 3, "int32", ov::element::Type_t::i32},
    ScalarType{5, 4, "int64", ov::element::Type_t::i64},
    ScalarType{6, 5, "float16", ov::element::Type_t::f16},
    ScalarType{7, 6, "float32", ov::element::Type_t::f32},
    ScalarType{8, 7, "float64", ov::element::Type_t::f64},
    ScalarType{9, 8, "complex32", ov::element::Type_t::dynamic},
    ScalarType{10, 9, "complex64", ov::element::Type_t::dynamic},
    ScalarType{11, 10, "complex128", ov::element::Type_t::dynamic},
    ScalarType{12, 11, "bool", ov::element::Type_t::boolean},
    ScalarType{13, 15, "bfloat16", ov::element::Type_t::bf16},
    ScalarType{28, 27, "uint16", ov::element::Type_t::u16},
    ScalarType{29, 24, "float8_e4m3fn", ov::element::Type_t::f8e4m3},
    ScalarType{30, 23, "float8_e5m2", ov::element::Type_t::f8e5m2},
    ScalarType{34, 28, "uint32", ov::element::Type_t::u32},
    ScalarType{35, 29, "uint64", ov::element::Type_t::u64},
};

}  // namespace octet::importer::aten
