#pragma once

#include <string>

#include <pybind11/pybind11.h>

#include "errors.hpp"
#include "octet/dataset.hpp"

namespace octet::python {

/// What a dataset yields, as named or positional tensors: an array, a tuple or list of them, or a
/// mapping by input name. Throws `Error` (sample_mismatch) naming `where`. Needs the GIL.
Sample to_sample(const py::object& item, const std::string& where);

/// Any Python iterable that yields such items.
class PythonDataset : public Dataset {
 public:
  /// What the iterable raises is kept in `failure`, which must outlive this.
  PythonDataset(py::object iterable, UserFailure& failure);
  ~PythonDataset() override;
  PythonDataset(const PythonDataset&) = delete;
  PythonDataset& operator=(const PythonDataset&) = delete;

  std::optional<Sample> next() override;
  std::optional<std::size_t> size() const override { return size_; }
  std::optional<std::size_t> batch_size() const override { return batch_size_; }
  std::string describe() const override { return description_; }

 private:
  py::object iterable_, iterator_;
  UserFailure& failure_;
  std::size_t index_ = 0;
  std::optional<std::size_t> size_, batch_size_;
  std::string description_;
};

/// Calls `work` with the dataset that a Python object is: one of this library's own, or an
/// iterable. Runs it without the GIL, as `UserFailure::run` does.
void with_dataset(const py::object& data, UserFailure& failure,
                  const std::function<void(Dataset&)>& work);

}  // namespace octet::python
