#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include <openvino/op/op.hpp>

#include "statistics/measures.hpp"

namespace octet::statistics {

/// The distribution of a tensor's values over all samples, filled from several threads. Counts are
/// whole numbers, so that the order does not matter.
class SharedDistribution {
 public:
  /// One that nobody else has until it is given back.
  std::unique_ptr<LogHistogram> take();
  void give_back(std::unique_ptr<LogHistogram> histogram);
  /// All that has been counted; nobody may hold a histogram any more.
  LogHistogram total() const;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<LogHistogram>> idle_;
};

/// Measures its input where the graph makes it, on the thread that runs the graph. The output is
/// the record of `measure` as bytes: doubles would be rounded to floats by the plugin.
class Observer : public ov::op::Op {
 public:
  OPENVINO_OP("Observer", "octet");

  Observer() = default;
  /// Nanoseconds that observers took, on all threads.
  using Spent = std::atomic<std::int64_t>;

  /// `id` tells observers of one tensor apart. `distribution` may be null. What measuring takes is
  /// added to `spent`.
  Observer(const ov::Output<ov::Node>& tensor, std::int64_t id, Measures measures,
           std::shared_ptr<SharedDistribution> distribution, std::shared_ptr<Spent> spent);

  void validate_and_infer_types() override;
  bool visit_attributes(ov::AttributeVisitor& visitor) override;
  std::shared_ptr<ov::Node> clone_with_new_inputs(const ov::OutputVector& inputs) const override;
  bool evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const override;
  bool has_evaluate() const override { return true; }
  /// What depends on the samples must be measured for each, and a distribution counts them.
  bool can_constant_fold(const ov::OutputVector&) const override { return false; }

 private:
  std::int64_t id_ = 0;
  Measures measures_;
  std::shared_ptr<SharedDistribution> distribution_;
  std::shared_ptr<Spent> spent_;
};

}  // namespace octet::statistics
