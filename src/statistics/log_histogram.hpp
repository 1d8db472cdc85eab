#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "statistics/state.hpp"

namespace octet::statistics {

/// Counts of f32 values in buckets that share sign, exponent and the first 9 bits of the mantissa:
/// a bucket's ends differ by at most 2^-9 = 0.2 % of the value. Needs no range beforehand, and
/// counting is independent of order and grouping. The memory that is touched grows with the spread
/// of exponents, up to 1 MB; 3 MB from 2^32 values on.
class LogHistogram {
 public:
  static constexpr int mantissa_bits = 9;
  static constexpr std::size_t bucket_count = std::size_t{1} << (1 + 8 + mantissa_bits);

  /// A run of equal values as far as the histogram can tell.
  struct Bucket {
    float low, high;  ///< the values lie between them
    std::uint64_t count;
  };

  LogHistogram();
  /// Adds finite values.
  void add(const float* values, std::size_t count);
  void add(const LogHistogram& other);
  State state() const;
  /// Adds what `state` gave. Throws `BadState`.
  void merge(const State& state);
  std::uint64_t total() const { return total_; }
  /// The buckets that hold values, lowest values first.
  std::vector<Bucket> buckets() const;

 private:
  struct Free {
    void operator()(void* counts) const;
  };
  // Zeroed pages of the system, which take no memory until they are written.
  template <typename Count>
  using Counts = std::unique_ptr<Count[], Free>;
  template <typename Count>
  static Counts<Count> zeros();

  std::uint64_t count_of(std::size_t bucket) const {
    return recent_[bucket] + (earlier_ ? earlier_[bucket] : 0);
  }
  void set_aside();

  Counts<std::uint32_t> recent_;   ///< of half the size, so that more of it stays in the cache
  Counts<std::uint64_t> earlier_;  ///< what came before; null where nothing did
  std::uint64_t in_recent_ = 0, total_ = 0;
};

}  // namespace octet::statistics
