#include "io/array_dataset.hpp"

#include "octet/error.hpp"

namespace octet::io {
namespace {

constexpr const char* stage = "data";

std::string describe(const InputArray& input) {
  return (input.name.empty() ? "the array" : "array '" + input.name + "'") + " of " +
         std::to_string(input.array.shape[0]) + " samples";
}

class ArrayDataset : public Dataset {
 public:
  ArrayDataset(std::vector<InputArray> inputs, std::string where)
      : inputs_(std::move(inputs)), where_(std::move(where)), size_(inputs_[0].array.shape[0]) {}

  std::optional<Sample> next() override {
    if (next_ == size_) return std::nullopt;
    Sample sample;
    for (const InputArray& input : inputs_)
      sample.inputs.emplace_back(input.name, input.array.sample(next_));
    ++next_;
    return sample;
  }
  std::optional<std::size_t> size() const override { return size_; }
  std::string describe() const override {
    return where_ + " (" + std::to_string(size_) + (size_ == 1 ? " sample)" : " samples)");
  }

 private:
  std::vector<InputArray> inputs_;
  std::string where_;
  std::size_t size_, next_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> array_dataset(std::vector<InputArray> inputs, std::string where) {
  if (inputs.empty())
    throw Error(ErrorCode::dataset_empty, stage, where, "it holds no array",
                "Save one array an input, with numpy.savez");
  for (const InputArray& input : inputs) {
    if (input.array.shape.empty())
      throw Error(
          ErrorCode::corrupt_array, stage, where,
          (input.name.empty() ? "the array" : "array '" + input.name + "'") + " is a single number",
          "Its first axis must count the samples");
    if (input.array.shape[0] != inputs[0].array.shape[0])
      throw Error(ErrorCode::sample_mismatch, stage, where,
                  describe(inputs[0]) + " stands beside " + describe(input),
                  "Every array's first axis must count the same samples");
  }
  if (inputs[0].array.shape[0] == 0)
    throw Error(ErrorCode::dataset_empty, stage, where, "its first axis has no sample",
                "Save at least one sample");
  return std::make_unique<ArrayDataset>(std::move(inputs), std::move(where));
}

}  // namespace octet::io
