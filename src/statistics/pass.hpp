#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "octet/calibrate.hpp"
#include "statistics/plan.hpp"
#include "statistics/runner.hpp"
#include "statistics/state.hpp"

namespace octet::statistics {

/// The pass over the data, or over a shard of it. What it has measured can be taken out as a state,
/// and states of other passes put in.
class Pass {
 public:
  /// All must outlive the pass.
  Pass(const Model& model, const Requests& requests, const CalibrationOptions& options)
      : model_(model), requests_(requests), options_(options) {}

  /// Measures those items whose turn it is: every `shard.count`-th one. All are read, because what
  /// an item is does not depend on the shard. `on_state` is called every few seconds, with nothing
  /// in flight, and where the run ends early between two items. Throws `Error`.
  void run(Dataset& data, const Shard& shard, const std::function<void()>& on_state = {});
  /// What has been measured.
  State state() const;
  /// Adds what another pass has measured; `run` then goes on behind it, if it is of the same shard.
  /// Throws `BadState`.
  void merge(const State& state);
  /// Items that the dataset has, as far as `run` and the merged states know.
  std::size_t items() const { return items_; }
  /// `source` is what messages call the data. Throws `Error`.
  Results results(const std::string& source) const;

 private:
  struct Kept {
    std::size_t item, row;
    KeptSample sample;
  };

  void start(const BoundSample& item, std::size_t rows, std::size_t index,
             core::Stopwatch& stopwatch);
  void make_plan(std::optional<std::size_t> batch);
  void take_kept();

  const Model& model_;
  const Requests& requests_;
  const CalibrationOptions& options_;
  std::optional<Plan> plan_;
  std::optional<std::size_t> batch_;
  std::optional<Runner> runner_;
  std::vector<std::pair<std::size_t, std::size_t>> kept_places_;  ///< item and row of the runner's
  std::vector<Kept> kept_;                                        ///< in the dataset's order
  std::size_t items_ = 0, samples_ = 0;
  bool is_within_item_ = false;  ///< some of an item's rows have been started, not all
  std::size_t resumed_ = 0;      ///< items that need not be measured any more
  std::string data_hash_;        ///< of all items that were read, measured or not
  std::string not_samples_;      ///< the item whose rows turned out not to be samples
};

}  // namespace octet::statistics
