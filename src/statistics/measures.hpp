#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <openvino/runtime/tensor.hpp>

#include "statistics/log_histogram.hpp"

namespace octet::statistics {

/// A quantile of one sample's values, or of their magnitudes.
struct Quantile {
  double share;  ///< 0 to 1
  bool of_magnitudes;
  bool per_channel;  ///< false: of all channels together
  bool operator==(const Quantile&) const = default;
};

/// What is measured of a tensor, for each sample. Extremes always are.
struct Measures {
  std::optional<std::size_t> axis;  ///< a value a channel along this axis; unset: one in all
  /// The tensor's first axis, where it has this length, counts samples that are measured one by
  /// one.
  std::optional<std::size_t> batch;
  bool sums = false;
  std::vector<Quantile> quantiles;
  std::vector<float> clipped_sums;  ///< sums of the values within ± each of these
  bool distribution = false;
};

/// The measures of one sample, taken apart. One element a channel.
struct SampleView {
  std::size_t count;  ///< values a channel; 0 for an empty tensor, which has no measures
  bool is_finite;
  std::span<const double> low, high, sums;
  /// As in `Measures`. A quantile of all channels together has one element.
  std::vector<std::span<const double>> quantiles, clipped_sums;
};

/// Doubles that the measures of a tensor of `shape` take.
std::size_t record_size(const Measures& measures, const ov::Shape& shape);
/// Measures a tensor whose element type has a C++ type into `record_size` doubles. The values go
/// into `distribution` too, where it is not null.
void measure(const Measures& measures, const ov::Tensor& tensor, double* record,
             LogHistogram* distribution);
/// The samples of a record.
std::vector<SampleView> samples_of(const Measures& measures, std::span<const double> record);

}  // namespace octet::statistics
