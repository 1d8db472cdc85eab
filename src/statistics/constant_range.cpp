#include "statistics/constant_range.hpp"

#include <algorithm>

#include "statistics/measures.hpp"
#include "statistics/range_side.hpp"

namespace octet::statistics {

Range range_of_constant(const std::vector<float>& values, std::size_t channels, bool per_channel,
                        const RangeEstimatorParameters& estimator) {
  RangeSide low(RangeSide::End::low, estimator.min, per_channel);
  RangeSide high(RangeSide::End::high, estimator.max, per_channel);
  Measures measures;
  measures.axis = 0;
  low.require(measures);
  high.require(measures);

  const ov::Shape shape = {channels, values.size() / channels};
  // The tensor is only read.
  const ov::Tensor tensor(ov::element::f32, shape, const_cast<float*>(values.data()));
  LogHistogram histogram;
  std::vector<double> record(record_size(measures, shape));
  measure(measures, tensor, record.data(), measures.distribution ? &histogram : nullptr);
  Distribution distribution;
  for (const SampleView& sample : samples_of(measures, record)) {
    low.add(measures, sample);
    high.add(measures, sample);
    distribution.low = static_cast<float>(*std::ranges::min_element(sample.low));
    distribution.high = static_cast<float>(*std::ranges::max_element(sample.high));
  }
  if (measures.distribution) distribution.buckets = histogram.buckets();
  return range_of(low, high, measures.distribution ? &distribution : nullptr);
}

}  // namespace octet::statistics
