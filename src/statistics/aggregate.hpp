#pragma once

#include <span>
#include <vector>

#include "octet/options.hpp"
#include "statistics/exact_sum.hpp"

namespace octet::statistics {

/// Makes one value of those that the samples have, one a channel. The result does not depend on the
/// samples' order. The medians, and the means without outliers, keep every sample's value (4 bytes
/// a sample and channel); the others keep one.
class Aggregator {
 public:
  /// `outliers`: the share at either end that the `no_outliers` aggregators leave out.
  Aggregator(AggregatorType type, double outliers) : type_(type), outliers_(outliers) {}
  void add(std::span<const double> values);
  State state() const;
  /// Takes the values of another one of the same kind, as `state` gave them. Throws `BadState`.
  void merge(const State& state);
  std::vector<double> result() const;

 private:
  AggregatorType type_;
  double outliers_;
  std::vector<double> extremes_;
  std::vector<ExactSum> sums_;
  std::vector<float> all_;
  std::size_t channels_ = 0, samples_ = 0;
};

}  // namespace octet::statistics
