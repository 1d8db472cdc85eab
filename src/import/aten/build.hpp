#pragma once

#include <vector>

#include <openvino/opsets/opset13.hpp>

/// Short spellings for converters of our own.
namespace octet::importer::aten {

namespace op = ov::opset13;
using Tensor = ov::Output<ov::Node>;

template <class Op, class... Inputs>
Tensor make(Inputs&&... inputs) {
  return std::make_shared<Op>(std::forward<Inputs>(inputs)...);
}

inline Tensor integers(const std::vector<std::int64_t>& values) {
  return op::Constant::create(ov::element::i64, {values.size()}, values);
}

inline Tensor integer(std::int64_t value) {
  return op::Constant::create(ov::element::i64, {}, {value});
}

/// The number in the type of `model`.
inline Tensor number_like(double number, const Tensor& model) {
  const auto type = model.get_element_type();
  if (type.is_real()) return op::Constant::create(type, {}, {number});
  return make<op::ConvertLike>(op::Constant::create(ov::element::f32, {}, {number}), model);
}

inline Tensor convert(const Tensor& value, ov::element::Type type) {
  return value.get_element_type() == type ? value : make<op::Convert>(value, type);
}

inline Tensor shape_of(const Tensor& value) {
  return make<op::ShapeOf>(value, ov::element::i64);
}

}  // namespace octet::importer::aten
