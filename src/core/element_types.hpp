#pragma once

#include <cstdint>

#include <openvino/core/type/element_type.hpp>

namespace octet::core {

/// Calls `action.operator()<T>()` with the C++ type of `type`'s elements (a boolean's is `bool`, of
/// one byte). False where the type has none, as for elements of less than a byte.
template <typename Action>
bool with_element_type(const ov::element::Type& type, Action&& action) {
  const auto call = [&]<typename T>() {
    action.template operator()<T>();
    return true;
  };
  switch (static_cast<ov::element::Type_t>(type)) {
    case ov::element::Type_t::f32:
      return call.template operator()<float>();
    case ov::element::Type_t::f64:
      return call.template operator()<double>();
    case ov::element::Type_t::f16:
      return call.template operator()<ov::float16>();
    case ov::element::Type_t::bf16:
      return call.template operator()<ov::bfloat16>();
    case ov::element::Type_t::i8:
      return call.template operator()<std::int8_t>();
    case ov::element::Type_t::i16:
      return call.template operator()<std::int16_t>();
    case ov::element::Type_t::i32:
      return call.template operator()<std::int32_t>();
    case ov::element::Type_t::i64:
      return call.template operator()<std::int64_t>();
    case ov::element::Type_t::u8:
      return call.template operator()<std::uint8_t>();
    case ov::element::Type_t::u16:
      return call.template operator()<std::uint16_t>();
    case ov::element::Type_t::u32:
      return call.template operator()<std::uint32_t>();
    case ov::element::Type_t::u64:
      return call.template operator()<std::uint64_t>();
    case ov::element::Type_t::boolean:
      return call.template operator()<bool>();
    default:
      return false;
  }
}

}  // namespace octet::core
