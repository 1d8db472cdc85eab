#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace octet::statistics {

/// A sum of doubles without rounding error, so that neither order nor grouping matters: the value
/// is rounded once, when it is asked for. Shewchuk's expansions ("Adaptive precision floating-point
/// arithmetic", 1997): parts that do not overlap, smallest first.
class ExactSum {
 public:
  void add(double value) {
    std::size_t kept = 0;
    for (double part : parts_) {
      if (std::abs(value) < std::abs(part)) std::swap(value, part);
      const double sum = value + part;
      const double error = part - (sum - value);
      if (error != 0) parts_[kept++] = error;
      value = sum;
    }
    parts_.resize(kept);
    parts_.push_back(value);
  }
  void add(const ExactSum& other) {
    for (const double part : std::vector<double>(other.parts_)) add(part);
  }

  /// The nearest double, ties to even.
  double value() const {
    if (parts_.empty()) return 0;
    std::size_t i = parts_.size() - 1;
    double high = parts_[i], low = 0;
    while (i > 0) {
      const double before = high;
      high = before + parts_[--i];
      low = parts_[i] - (high - before);
      if (low != 0) break;
    }
    // A tie was decided by `low` alone: what lies below it may break it.
    if (i > 0 && ((low < 0 && parts_[i - 1] < 0) || (low > 0 && parts_[i - 1] > 0))) {
      const double doubled = low * 2, moved = high + doubled;
      if (doubled == moved - high) high = moved;
    }
    return high;
  }

 private:
  std::vector<double> parts_;
};

}  // namespace octet::statistics
