#include "diagnose/difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor_values.hpp"

namespace octet::diagnose {
namespace {

std::size_t argmax(const double* row, std::size_t count) {
  return static_cast<std::size_t>(std::max_element(row, row + count) - row);
}

}  // namespace

void Difference::add(const ov::Tensor& reference, const ov::Tensor& other) {
  const std::vector<double> r = core::values_of(reference), x = core::values_of(other);
  double rr = 0, xx = 0, rx = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    // Equal infinities, as in masks, are no error and no signal.
    if (std::isinf(r[i]) && r[i] == x[i]) continue;
    rr += r[i] * r[i];
    xx += x[i] * x[i];
    rx += r[i] * x[i];
    const double error = r[i] - x[i];
    noise_ += error * error;
    max_error_ = std::max(max_error_, std::isnan(error) ? HUGE_VAL : std::abs(error));
  }
  signal_ += rr;
  const bool both_zero = rr == 0 && xx == 0;
  cosines_ += both_zero ? 1 : rr == 0 || xx == 0 ? 0 : rx / (std::sqrt(rr) * std::sqrt(xx));
  ++samples_;

  const ov::Shape& shape = reference.get_shape();
  if (shape.size() != 2 || shape[1] < 2) {
    is_classification_ = false;
    return;
  }
  for (std::size_t row = 0; row < shape[0]; ++row) {
    const std::size_t first = row * shape[1];
    agreeing_rows_ += argmax(&r[first], shape[1]) == argmax(&x[first], shape[1]);
    ++rows_;
  }
}

OutputDifference Difference::result(const std::string& name) const {
  OutputDifference result;
  result.name = name;
  if (samples_ != 0) result.cosine = cosines_ / static_cast<double>(samples_);
  result.sqnr_db =
      noise_ == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal_ / noise_);
  result.max_error = max_error_;
  if (is_classification_ && rows_ != 0)
    result.top1_agreement = static_cast<double>(agreeing_rows_) / static_cast<double>(rows_);
  return result;
}

}  // namespace octet::diagnose
