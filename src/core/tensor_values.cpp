#include "core/tensor_values.hpp"

#include <algorithm>
#include <array>

#include "octet/error.hpp"

namespace octet::core {
namespace {

template <typename T>
std::vector<double> read(const ov::Tensor& tensor) {
  const auto* values = static_cast<const T*>(tensor.data());
  std::vector<double> result(tensor.get_size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<double>(values[i]);
  return result;
}

struct Row {
  ov::element::Type_t type;
  std::vector<double> (*read)(const ov::Tensor&);
};
constexpr std::array rows = {
    Row{ov::element::f32, read<float>},         Row{ov::element::f64, read<double>},
    Row{ov::element::f16, read<ov::float16>},   Row{ov::element::bf16, read<ov::bfloat16>},
    Row{ov::element::i8, read<std::int8_t>},    Row{ov::element::i16, read<std::int16_t>},
    Row{ov::element::i32, read<std::int32_t>},  Row{ov::element::i64, read<std::int64_t>},
    Row{ov::element::u8, read<std::uint8_t>},   Row{ov::element::u16, read<std::uint16_t>},
    Row{ov::element::u32, read<std::uint32_t>}, Row{ov::element::u64, read<std::uint64_t>},
    Row{ov::element::boolean, read<char>},
};

}  // namespace

std::vector<double> values_of(const ov::Tensor& tensor) {
  const auto row = std::ranges::find_if(
      rows, [&](const Row& known) { return tensor.get_element_type() == known.type; });
  if (row == rows.end())
    throw Error(ErrorCode::internal, "core", "",
                "elements of type " + tensor.get_element_type().get_type_name() +
                    " cannot be read as numbers",
                "Report it with the model, if you can share it");
  return row->read(tensor);
}

}  // namespace octet::core
