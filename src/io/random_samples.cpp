#include <random>
#include <type_traits>

#include <openvino/core/model.hpp>

#include "core/element_types.hpp"
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

ov::Tensor noise(const ov::element::Type& type, const ov::Shape& shape, std::mt19937_64& engine) {
  ov::Tensor tensor(type, shape);
  const bool is_known = core::with_element_type(type, [&]<typename T>() {
    auto* values = static_cast<T*>(tensor.data());
    for (std::size_t i = 0; i < tensor.get_size(); ++i) {
      // 0 and 1 are valid as masks, and as indices into tables of any size from 2.
      if constexpr (std::is_integral_v<T>)
        values[i] = static_cast<T>(engine() >> 63);
      else
        values[i] = static_cast<T>(static_cast<float>(2 * uniform(engine) - 1));
    }
  });
  if (!is_known)
    throw Error(ErrorCode::unsupported_model, stage, "random data",
                "an input of type " + type.get_type_name() + " cannot be drawn",
                "Give data of your own");
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

std::unique_ptr<Dataset> random_samples(const std::shared_ptr<ov::Model>& model,
                                        std::size_t count) {
  return std::make_unique<RandomData>(*model, count);
}

std::unique_ptr<Dataset> in_memory(std::vector<Sample> items) {
  return std::make_unique<InMemory>(std::move(items));
}

}  // namespace octet
