#include "statistics/measures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor_values.hpp"
#include "statistics/kernels.hpp"
#include "statistics/quantile.hpp"

namespace octet::statistics {
namespace {

constexpr std::size_t header_size = 2;  // of a sample: values a channel, whether all are finite

/// A sample's values as outer × channels × inner, row-major.
struct Block {
  std::size_t outer, channels, inner;
};

/// Fields of a record that have one element a channel, and those that have one.
std::size_t channel_fields(const Measures& measures) {
  return 2 + (measures.sums ? 1 : 0) + measures.clipped_sums.size() +
         static_cast<std::size_t>(
             std::ranges::count(measures.quantiles, true, &Quantile::per_channel));
}
std::size_t scalar_fields(const Measures& measures) {
  return static_cast<std::size_t>(
      std::ranges::count(measures.quantiles, false, &Quantile::per_channel));
}

Block block_of(const Measures& measures, const ov::Shape& shape, std::size_t rows) {
  if (!measures.axis) return {1, 1, ov::shape_size(shape) / rows};
  const auto axis = shape.begin() + static_cast<std::ptrdiff_t>(*measures.axis);
  const std::size_t outer = ov::shape_size(shape.begin(), axis) / (*measures.axis == 0 ? 1 : rows);
  return {outer, *axis, ov::shape_size(axis + 1, shape.end())};
}

/// Calls `action(first, channel)` for each contiguous run of `block.inner` values.
template <typename Action>
void for_each_run(const Block& block, const float* values, Action action) {
  for (std::size_t o = 0; o < block.outer; ++o)
    for (std::size_t c = 0; c < block.channels; ++c, values += block.inner) action(values, c);
}

/// Returns whether all values are finite; `sums` may be null.
bool take_extremes(const Block& block, const float* values, double* low, double* high,
                   double* sums) {
  std::vector<float> lows(block.channels, std::numeric_limits<float>::infinity());
  std::vector<float> highs(block.channels, -std::numeric_limits<float>::infinity());
  bool is_finite = true;
  if (block.inner == 1 && block.channels > 1) {
    is_finite =
        sums ? column_extremes_and_sums(values, block.outer, block.channels, lows.data(),
                                        highs.data(), sums)
             : column_extremes(values, block.outer, block.channels, lows.data(), highs.data());
  } else {
    for_each_run(block, values, [&](const float* run, std::size_t c) {
      double sum = 0;
      const Extremes found =
          sums ? extremes_and_sum(run, block.inner, sum) : extremes(run, block.inner);
      if (sums) sums[c] += sum;
      lows[c] = std::min(lows[c], found.low);
      highs[c] = std::max(highs[c], found.high);
      is_finite = is_finite && found.is_finite;
    });
  }
  std::ranges::copy(lows, low);
  std::ranges::copy(highs, high);
  return is_finite;
}

/// Takes those quantiles that are of the same kind as `kind` together; `places` are where they go.
void take_quantiles(const Measures& measures, const Block& block, const float* values,
                    const Quantile& kind, const std::vector<double*>& places) {
  std::vector<double> shares;
  std::vector<double*> targets;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Quantile& wanted = measures.quantiles[i];
    if (wanted.of_magnitudes != kind.of_magnitudes || wanted.per_channel != kind.per_channel)
      continue;
    shares.push_back(wanted.share);
    targets.push_back(places[i]);
  }
  if (shares.empty()) return;
  const std::size_t count = block.outer * block.inner;
  const auto put = [&](const std::vector<double>& found, std::size_t columns, std::size_t at) {
    for (std::size_t i = 0; i < targets.size(); ++i)
      std::copy_n(found.data() + i * columns, columns, targets[i] + at);
  };
  if (!kind.per_channel) {
    put(quantiles(values, count * block.channels, kind.of_magnitudes, shares), 1, 0);
    return;
  }
  if (block.inner == 1) {
    put(column_quantiles(values, count, block.channels, kind.of_magnitudes, shares), block.channels,
        0);
    return;
  }
  std::vector<float> channel(count);
  for (std::size_t c = 0; c < block.channels; ++c) {
    for (std::size_t o = 0; o < block.outer; ++o)
      std::copy_n(values + (o * block.channels + c) * block.inner, block.inner,
                  channel.data() + o * block.inner);
    put(quantiles(channel.data(), count, kind.of_magnitudes, shares), 1, c);
  }
}

void measure_sample(const Measures& measures, const Block& block, const float* values,
                    double* record) {
  const std::size_t count = block.outer * block.inner;
  record[0] = static_cast<double>(count);
  record[1] = 1;
  if (count == 0 || block.channels == 0) {
    record[0] = 0;
    return;
  }
  double* field = record + header_size;
  const auto next = [&](std::size_t elements) {
    double* const taken = field;
    field += elements;
    return taken;
  };
  double* const low = next(block.channels);
  double* const high = next(block.channels);
  double* const sums = measures.sums ? next(block.channels) : nullptr;
  if (!take_extremes(block, values, low, high, sums)) {
    record[1] = 0;
    return;
  }
  for (const float limit : measures.clipped_sums) {
    double* const clipped = next(block.channels);
    for_each_run(block, values, [&](const float* run, std::size_t c) {
      for (std::size_t i = 0; i < block.inner; ++i)
        clipped[c] += double{std::clamp(run[i], -limit, limit)};
    });
  }
  std::vector<double*> places;
  for (const Quantile& wanted : measures.quantiles)
    places.push_back(next(wanted.per_channel ? block.channels : 1));
  for (const bool of_magnitudes : {false, true})
    for (const bool per_channel : {false, true})
      take_quantiles(measures, block, values, {0, of_magnitudes, per_channel}, places);
}

std::size_t row_count(const Measures& measures, const ov::Shape& shape) {
  return measures.batch && !shape.empty() && shape[0] == *measures.batch ? shape[0] : 1;
}

std::size_t sample_size(const Measures& measures, std::size_t channels) {
  return header_size + channels * channel_fields(measures) + scalar_fields(measures);
}

SampleView view(const Measures& measures, std::span<const double> record) {
  SampleView sample{static_cast<std::size_t>(record[0]), record[1] != 0, {}, {}, {}, {}, {}};
  const std::size_t channels =
      (record.size() - header_size - scalar_fields(measures)) / channel_fields(measures);
  std::size_t place = header_size;
  const auto next = [&](std::size_t elements) {
    const auto field = record.subspan(place, elements);
    place += elements;
    return field;
  };
  sample.low = next(channels);
  sample.high = next(channels);
  if (measures.sums) sample.sums = next(channels);
  for (std::size_t i = 0; i < measures.clipped_sums.size(); ++i)
    sample.clipped_sums.push_back(next(channels));
  for (const Quantile& quantile : measures.quantiles)
    sample.quantiles.push_back(next(quantile.per_channel ? channels : 1));
  return sample;
}

}  // namespace

std::size_t record_size(const Measures& measures, const ov::Shape& shape) {
  const std::size_t channels = measures.axis ? shape.at(*measures.axis) : 1;
  return 1 + row_count(measures, shape) * sample_size(measures, channels);
}

void measure(const Measures& measures, const ov::Tensor& tensor, double* record,
             LogHistogram* distribution) {
  std::vector<float> converted;
  const float* values;
  if (tensor.get_element_type() == ov::element::f32) {
    values = tensor.data<const float>();
  } else {
    const std::vector<double> doubles = core::values_of(tensor);
    converted.assign(doubles.begin(), doubles.end());
    values = converted.data();
  }
  const std::size_t rows = row_count(measures, tensor.get_shape());
  const Block block = block_of(measures, tensor.get_shape(), rows);
  const std::size_t size = sample_size(measures, block.channels);
  *record++ = static_cast<double>(rows);
  std::fill_n(record, rows * size, 0.0);
  for (std::size_t r = 0; r < rows; ++r, record += size) {
    measure_sample(measures, block, values, record);
    if (distribution && record[1] != 0) distribution->add(values, tensor.get_size() / rows);
    values += block.outer * block.channels * block.inner;
  }
}

std::vector<SampleView> samples_of(const Measures& measures, std::span<const double> record) {
  const auto rows = static_cast<std::size_t>(record[0]);
  const std::size_t size = (record.size() - 1) / rows;
  std::vector<SampleView> samples;
  for (std::size_t r = 0; r < rows; ++r)
    samples.push_back(view(measures, record.subspan(1 + r * size, size)));
  return samples;
}

}  // namespace octet::statistics
