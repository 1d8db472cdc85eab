#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openvino/runtime/compiled_model.hpp>

#include "octet/model.hpp"
#include "statistics/plan.hpp"
#include "statistics/samples.hpp"

namespace octet::statistics {

/// Runs samples through the observed model, several at a time, each on a thread of its own, and
/// gives their measures to a plan in the samples' order. Sums inside a layer thus do not depend on
/// the number of threads.
class Runner {
 public:
  /// The model is compiled for the shapes of `first`; samples of other shapes run in a second
  /// compilation that takes any, made when the first of them comes. The first `keep` samples are
  /// kept.
  Runner(const Model& model, Plan& plan, const BoundSample& first,
         const CalibrationOptions& options, std::size_t keep, core::Stopwatch& stopwatch);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Starts on a sample, having waited for the one whose place it takes. Throws `Error`
  /// (sample_not_finite, runtime_failed).
  void start(const BoundSample& sample);
  /// Waits for all samples that are in flight.
  void finish();
  /// Complete once `finish` has returned.
  const std::vector<KeptSample>& kept() const { return kept_; }

 private:
  struct Compiled {
    ov::CompiledModel model;
    std::vector<std::size_t> inputs;  ///< place of each of its inputs among the model's
    bool has_state = false;
  };
  struct Slot {
    ov::InferRequest fixed, open;
    ov::InferRequest* running = nullptr;
    std::string name;
    KeptSample* kept = nullptr;
  };

  struct Observed {
    std::shared_ptr<ov::Model> graph;
    std::vector<std::size_t> inputs;
  };
  Observed observe(const std::vector<ov::PartialShape>& shapes) const;
  Compiled compile(const Observed& observed) const;
  void collect(Slot& slot);

  const Model& model_;
  Plan& plan_;
  core::Stopwatch& stopwatch_;
  std::shared_ptr<Observer::Spent> spent_ = std::make_shared<Observer::Spent>(0);
  std::vector<ov::PartialShape> fixed_shapes_;
  std::size_t streams_ = 1;
  Compiled fixed_, open_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;
  std::size_t keep_;
  std::vector<KeptSample> kept_;  ///< never grows beyond `keep_`, so that elements stay in place
};

}  // namespace octet::statistics
