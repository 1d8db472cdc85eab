#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/npy.hpp"
#include "octet/dataset.hpp"

namespace octet::io {

/// An array that is one input of every sample.
struct InputArray {
  std::string name;  ///< empty: the input is known by its position
  NpyArray array;
  std::shared_ptr<const void> owner;  ///< keeps the array's bytes
};

/// A dataset of arrays whose first axis counts the samples. `where` names the file. Throws `Error`
/// (dataset_empty, sample_mismatch where the arrays disagree on the number of samples).
std::unique_ptr<Dataset> array_dataset(std::vector<InputArray> inputs, std::string where);

}  // namespace octet::io
