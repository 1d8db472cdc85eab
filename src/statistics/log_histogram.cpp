#include "statistics/log_histogram.hpp"

#include <bit>
#include <cstdlib>
#include <new>

namespace octet::statistics {
namespace {

constexpr int shift = 23 - LogHistogram::mantissa_bits;
constexpr std::uint32_t half = LogHistogram::bucket_count / 2;  // the first negative bucket

float float_of(std::uint32_t bits) {
  return std::bit_cast<float>(bits);
}

}  // namespace

void LogHistogram::Free::operator()(std::uint64_t* counts) const {
  std::free(counts);
}

LogHistogram::LogHistogram()
    : counts_(static_cast<std::uint64_t*>(std::calloc(bucket_count, sizeof(std::uint64_t)))) {
  if (!counts_) throw std::bad_alloc();
}

void LogHistogram::add(const float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    ++counts_[std::bit_cast<std::uint32_t>(values[i]) >> shift];
  total_ += count;
}

void LogHistogram::add(const LogHistogram& other) {
  for (std::size_t i = 0; i < bucket_count; ++i)
    if (other.counts_[i] != 0) counts_[i] += other.counts_[i];
  total_ += other.total_;
}

State LogHistogram::state() const {
  std::vector<std::uint32_t> places;
  std::vector<std::uint64_t> counts;
  for (std::uint32_t i = 0; i < bucket_count; ++i) {
    if (counts_[i] == 0) continue;
    places.push_back(i);
    counts.push_back(counts_[i]);
  }
  return {{"places", pack(places)}, {"counts", pack(counts)}};
}

void LogHistogram::merge(const State& state) {
  const auto places = unpack<std::uint32_t>(state.at("places"));
  const auto counts = unpack<std::uint64_t>(state.at("counts"));
  require(places.size() == counts.size(), "a histogram has a place without a count");
  for (std::size_t i = 0; i < places.size(); ++i) {
    require(places[i] < bucket_count, "a histogram has a place that there is not");
    counts_[places[i]] += counts[i];
    total_ += counts[i];
  }
}

std::vector<LogHistogram::Bucket> LogHistogram::buckets() const {
  std::vector<Bucket> result;
  const std::uint32_t last = (1U << shift) - 1;
  for (std::uint32_t i = bucket_count; i-- > half;)
    if (counts_[i] != 0)
      result.push_back({float_of((i << shift) | last), float_of(i << shift), counts_[i]});
  for (std::uint32_t i = 0; i < half; ++i)
    if (counts_[i] != 0)
      result.push_back({float_of(i << shift), float_of((i << shift) | last), counts_[i]});
  return result;
}

}  // namespace octet::statistics
