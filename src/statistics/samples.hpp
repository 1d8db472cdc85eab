#pragma once

#include <optional>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "octet/dataset.hpp"

namespace octet::statistics {

/// The model's inputs for one run, in its order, and how the user knows them: `sample 12`.
struct BoundSample {
  std::vector<ov::Tensor> inputs;
  std::string name;
};

/// The next item of `data`, bound to the model's inputs and checked: nothing in it is NaN or
/// infinite. Nothing at the end. Throws `Error` (sample_mismatch, sample_not_finite).
std::optional<BoundSample> next_sample(Dataset& data, const ov::Model& model, std::size_t index);

/// How many samples an item holds: the common length of the first axes of those inputs whose first
/// axis the model leaves open. Unset where there is none. Whether they are samples, and not steps
/// of time, `rows_are_samples` tells.
std::optional<std::size_t> open_batch(const ov::Model& model, const BoundSample& item);
/// The common length of all inputs' first axes; unset where they differ.
std::optional<std::size_t> fixed_batch(const BoundSample& item);

/// How many items hold `samples` samples: fewer where the model has a fixed batch. At least one.
std::size_t items_for(const ov::Model& model, std::size_t samples);

/// `count` rows, from `first` on, of an item with an open batch; memory is shared.
BoundSample rows_of(const ov::Model& model, const BoundSample& item, std::size_t first,
                    std::size_t count);

}  // namespace octet::statistics
