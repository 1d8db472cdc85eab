#include "core/tensor_values.hpp"

#include "core/element_types.hpp"
#include "octet/error.hpp"

namespace octet::core {

std::vector<double> values_of(const ov::Tensor& tensor) {
  std::vector<double> values(tensor.get_size());
  const bool is_known = with_element_type(tensor.get_element_type(), [&]<typename T>() {
    const auto* from = static_cast<const T*>(tensor.data());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(from[i]);
  });
  if (!is_known)
    throw Error(ErrorCode::internal, "core", "",
                "elements of type " + tensor.get_element_type().get_type_name() +
                    " cannot be read as numbers",
                "Report it with the model, if you can share it");
  return values;
}

ov::Tensor copy_of(const ov::Tensor& tensor) {
  ov::Tensor copy(tensor.get_element_type(), tensor.get_shape());
  tensor.copy_to(copy);
  return copy;
}

}  // namespace octet::core
