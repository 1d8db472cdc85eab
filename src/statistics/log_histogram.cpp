#include "statistics/log_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <new>

#include "statistics/bucket_kernel.hpp"

namespace octet::statistics {
namespace {

constexpr int shift = 23 - LogHistogram::mantissa_bits;
constexpr std::uint32_t half = LogHistogram::bucket_count / 2;  // the first negative bucket

float float_of(std::uint32_t bits) {
  return std::bit_cast<float>(bits);
}

}  // namespace

void LogHistogram::Free::operator()(void* counts) const {
  std::free(counts);
}

template <typename Count>
LogHistogram::Counts<Count> LogHistogram::zeros() {
  Counts<Count> counts(static_cast<Count*>(std::calloc(bucket_count, sizeof(Count))));
  if (!counts) throw std::bad_alloc();
  return counts;
}

LogHistogram::LogHistogram() : recent_(zeros<std::uint32_t>()) {}

void LogHistogram::set_aside() {
  if (!earlier_) earlier_ = zeros<std::uint64_t>();
  for (std::size_t i = 0; i < bucket_count; ++i)
    if (recent_[i] != 0) {
      earlier_[i] += recent_[i];
      recent_[i] = 0;
    }
  in_recent_ = 0;
}

void LogHistogram::add(const float* values, std::size_t count) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  while (count != 0) {
    if (in_recent_ == most) set_aside();
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, most - in_recent_));
    count_buckets(values, part, shift, recent_.get());
    in_recent_ += part;
    total_ += part;
    values += part;
    count -= part;
  }
}

void LogHistogram::add(const LogHistogram& other) {
  if (!earlier_) earlier_ = zeros<std::uint64_t>();
  for (std::size_t i = 0; i < bucket_count; ++i)
    if (const std::uint64_t count = other.count_of(i)) earlier_[i] += count;
  total_ += other.total_;
}

State LogHistogram::state() const {
  std::vector<std::uint32_t> places;
  std::vector<std::uint64_t> counts;
  for (std::uint32_t i = 0; i < bucket_count; ++i) {
    const std::uint64_t count = count_of(i);
    if (count == 0) continue;
    places.push_back(i);
    counts.push_back(count);
  }
  return {{"places", pack(places)}, {"counts", pack(counts)}};
}

void LogHistogram::merge(const State& state) {
  const auto places = unpack<std::uint32_t>(state.at("places"));
  const auto counts = unpack<std::uint64_t>(state.at("counts"));
  require(places.size() == counts.size(), "a histogram has a place without a count");
  if (!earlier_) earlier_ = zeros<std::uint64_t>();
  for (std::size_t i = 0; i < places.size(); ++i) {
    require(places[i] < bucket_count, "a histogram has a place that there is not");
    earlier_[places[i]] += counts[i];
    total_ += counts[i];
  }
}

std::vector<LogHistogram::Bucket> LogHistogram::buckets() const {
  std::vector<Bucket> result;
  const std::uint32_t last = (1U << shift) - 1;
  const auto add = [&](std::uint32_t i, float low, float high) {
    if (const std::uint64_t count = count_of(i)) result.push_back({low, high, count});
  };
  for (std::uint32_t i = bucket_count; i-- > half;)
    add(i, float_of((i << shift) | last), float_of(i << shift));
  for (std::uint32_t i = 0; i < half; ++i)
    add(i, float_of(i << shift), float_of((i << shift) | last));
  return result;
}

}  // namespace octet::statistics
