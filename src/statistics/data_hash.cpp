#include "statistics/data_hash.hpp"

#include <cstdint>

namespace octet::statistics {

void DataHash::add(const std::vector<ov::Tensor>& inputs) {
  if (inputs_.empty())
    for (const ov::Tensor& tensor : inputs)
      inputs_.emplace_back().text(tensor.get_element_type().get_type_name());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ov::Shape& shape = inputs[i].get_shape();
    const std::size_t rows = shape.empty() ? 1 : shape[0];
    if (rows == 0) continue;
    const std::size_t bytes = inputs[i].get_byte_size() / rows;
    const auto* data = static_cast<const std::uint8_t*>(inputs[i].data());
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t axis = 1; axis < shape.size(); ++axis)
        inputs_[i].number(static_cast<std::uint64_t>(shape[axis]));
      inputs_[i].bytes(data + row * bytes, bytes);
    }
  }
}

std::string DataHash::hex() const {
  if (inputs_.empty()) return "";
  core::Hash64 all;
  for (const core::Hash64& input : inputs_) all.number(input.digest());
  return all.hex();
}

}  // namespace octet::statistics
