#include <algorithm>
#include <array>
#include <random>
#include <type_traits>

#include <openvino/core/model.hpp>

#include "core/input_shape.hpp"
#include "octet/dataset.hpp"

namespace octet {
namespace {

constexpr const char* stage = "data";
constexpr std::uint64_t seed = 20260101;

/// Uniform in [0, 1). The standard's distributions differ between libraries, its engine does not.
double uniform(std::mt19937_64& engine) {
  return static_cast<double>(engine() >> 11) * 0x1p-53;
}

template <typename T>
void fill(ov::Tensor& tensor, std::mt19937_64& engine) {
  T* values = tensor.data<T>();
  for (std::size_t i = 0; i < tensor.get_size(); ++i) {
    // 0 and 1 are valid as masks, and as indices into tables of any size from 2.
    if constexpr (std::is_integral_v<T>)
      values[i] = static_cast<T>(engine() >> 63);
    else
      values[i] = static_cast<T>(static_cast<float>(2 * uniform(engine) - 1));
  }
}

struct TypeRow {
  ov::element::Type_t type;
  void (*fill)(ov::Tensor&, std::mt19937_64&);
};
constexpr std::array types = {
    TypeRow{ov::element::f32, fill<float>},         TypeRow{ov::element::f64, fill<double>},
    TypeRow{ov::element::f16, fill<ov::float16>},   TypeRow{ov::element::bf16, fill<ov::bfloat16>},
    TypeRow{ov::element::i8, fill<std::int8_t>},    TypeRow{ov::element::i16, fill<std::int16_t>},
    TypeRow{ov::element::i32, fill<std::int32_t>},  TypeRow{ov::element::i64, fill<std::int64_t>},
    TypeRow{ov::element::u8, fill<std::uint8_t>},   TypeRow{ov::element::u16, fill<std::uint16_t>},
    TypeRow{ov::element::u32, fill<std::uint32_t>}, TypeRow{ov::element::u64, fill<std::uint64_t>},
    TypeRow{ov::element::boolean, fill<char>},
};

ov::Tensor noise(const ov::element::Type& type, const ov::Shape& shape, std::mt19937_64& engine) {
  const auto row =
      std::ranges::find_if(types, [&](const TypeRow& known) { return type == known.type; });
  if (row == types.end())
    throw Error(ErrorCode::unsupported_model, stage, "random data",
                "an input of type " + type.get_type_name() + " cannot be drawn",
                "Give data of your own");
  ov::Tensor tensor(type, shape);
  row->fill(tensor, engine);
  return tensor;
}

class RandomData : public Dataset {
 public:
  RandomData(const ov::Model& model, std::size_t count) : count_(count) {
    for (const auto& parameter : model.get_parameters())
      inputs_.emplace_back(parameter->get_element_type(),
                           core::example_shape(parameter->get_partial_shape()));
  }

  std::optional<Sample> next() override {
    if (next_ == count_) return std::nullopt;
    ++next_;
    Sample sample;
    for (const auto& [type, shape] : inputs_)
      sample.inputs.emplace_back("", noise(type, shape, engine_));
    return sample;
  }
  std::optional<std::size_t> size() const override { return count_; }
  std::string describe() const override {
    return "random data (" + std::to_string(count_) + " samples)";
  }
  std::vector<Diagnostic> diagnostics() const override {
    return {{Diagnostic::Severity::warning, stage, "random_data", "random data",
             "ranges measured on noise are meaningless: the model will be wrong, only its speed "
             "can be judged",
             "Give data like what the model will see"}};
  }

 private:
  std::vector<std::pair<ov::element::Type, ov::Shape>> inputs_;
  std::mt19937_64 engine_{seed};
  std::size_t count_, next_ = 0;
};

class InMemory : public Dataset {
 public:
  explicit InMemory(std::vector<Sample> items) : items_(std::move(items)) {}
  std::optional<Sample> next() override {
    if (next_ == items_.size()) return std::nullopt;
    return items_[next_++];
  }
  std::optional<std::size_t> size() const override { return items_.size(); }
  std::string describe() const override {
    return "memory (" + std::to_string(items_.size()) + " items)";
  }

 private:
  std::vector<Sample> items_;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> random_samples(const std::shared_ptr<ov::Model>& model, std::size_t count) {
  return std::make_unique<RandomData>(*model, count);
}

std::unique_ptr<Dataset> in_memory(std::vector<Sample> items) {
  return std::make_unique<InMemory>(std::move(items));
}

}  // namespace octet
