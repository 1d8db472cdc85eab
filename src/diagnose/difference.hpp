#pragma once

#include <openvino/runtime/tensor.hpp>

#include "octet/diagnose.hpp"

namespace octet::diagnose {

/// Adds up the difference between two tensors of one shape, sample by sample.
class Difference {
 public:
  /// Any real or integer type; sums are in f64.
  void add(const ov::Tensor& reference, const ov::Tensor& other);
  OutputDifference result(const std::string& name) const;

 private:
  double cosines_ = 0, signal_ = 0, noise_ = 0, max_error_ = 0;
  std::size_t samples_ = 0, rows_ = 0, agreeing_rows_ = 0;
  bool is_classification_ = true;
};

}  // namespace octet::diagnose
