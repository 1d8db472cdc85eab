#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <openvino/core/model.hpp>

#include "statistics/exact_sum.hpp"
#include "statistics/observer.hpp"
#include "statistics/range_side.hpp"
#include "statistics/statistics.hpp"

namespace octet::statistics {

/// A tensor that is measured, and what all samples together have.
struct Watch {
  TensorRef tensor;
  Measures measures;
  std::shared_ptr<SharedDistribution> distribution;  ///< null where nobody asks for it

  std::vector<double> low, high;  ///< extremes over all samples, one a channel
  std::vector<ExactSum> sums;     ///< of a channel's values over all samples
  std::size_t count = 0;          ///< values a channel over all samples
};

/// What all requests together need: every tensor is measured once, and every range is made once.
class Plan {
 public:
  /// `graph` is the one that the samples run through. Requests for a range of a whole tensor are
  /// served by any tensor that holds the same values by construction; with `batch`, whose samples
  /// are told apart by the first axis, only by the tensor itself. Throws `Error` (internal) on a
  /// tensor that the graph does not have.
  Plan(const ov::Model& graph, const Requests& requests, std::optional<std::size_t> batch);

  /// In the graph's order.
  const std::vector<Watch>& watches() const { return watches_; }
  /// Takes one sample's measures of a watch.
  void add(std::size_t watch, const SampleView& sample);
  /// Puts those means of `samples`, which are of one run, that are wanted of each kept sample into
  /// `kept`.
  void keep(std::size_t watch, const std::vector<SampleView>& samples, KeptSample& kept) const;
  /// All that `add` has brought. No run may be going on.
  State state() const;
  /// Takes over what another run of the same plan has measured, as if it were one run. Throws
  /// `BadState`.
  void merge(const State& state);
  /// Everything but the diagnostics on data. Throws `Error` (internal) for a tensor without values.
  Results results(const SourceMap& sources) const;

 private:
  struct PlannedRange {
    std::size_t watch;
    bool per_channel;
    RangeSide low, high;
  };

  std::size_t watch_of(const TensorRef& tensor, std::optional<std::size_t> axis);

  std::vector<Watch> watches_;
  std::vector<PlannedRange> ranges_;
  std::vector<std::size_t> range_of_request_;  ///< index into `ranges_`
  std::vector<std::size_t> watch_of_mean_;     ///< one a request for means
  std::vector<bool> of_each_kept_;             ///< one a request for means
};

}  // namespace octet::statistics
