#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/shared_statistics.hpp"
#include "octet/tune.hpp"
#include "runtime/run_samples.hpp"
#include "search/pareto.hpp"
#include "search/timing.hpp"

namespace octet::api {

/// A recipe with all that its options decide, before layers are put back to floating point. Its
/// model is not kept.
struct Trial {
  QuantizeOptions options;
  std::string name;  ///< options that differ from those given
  Plan plan;
  QuantizeResult result;
};

/// Makes the candidates of a search from statistics that are collected once, and measures them.
class Candidates {
 public:
  /// All must outlive this.
  Candidates(const Model& model, const QuantizeOptions& options, const TuneOptions& tuning,
             TuneResult& tuned, Stages& stages);

  /// Reads the data, for the recipes of all of `wanted`, and measures the model itself. Throws
  /// `Error`.
  void prepare(Dataset& data, const std::vector<QuantizeOptions>& wanted);

  /// Whether there is time for more; the first candidate is made in any case. Throws `Error`
  /// (cancelled).
  bool may_go_on();
  /// Makes the recipe of these options, and adds it where it is a new one. Tells whether it was.
  bool add(const QuantizeOptions& options, const std::string& name);
  /// Adds the recipe of a trial with `layers` in floating point, where it is a new one and its
  /// speedup is at least `least_speedup`; only then is its score asked for. Tells whether it was
  /// added.
  bool add(const Trial& trial, const std::vector<std::string>& layers, double least_speedup = 0);
  /// The trial that a candidate comes from.
  const Trial& trial_of(std::size_t candidate) const { return trials_[trial_of_[candidate]]; }
  /// What is allowed.
  search::Bar bar() const;
  /// Times the front once more, since the fastest of many was the luckiest too, and marks it anew.
  void time_front();

  const std::vector<statistics::KeptSample>& kept() const { return statistics_.results().kept; }
  const search::Timing& timing() const { return *timing_; }

 private:
  void measure_reference();
  double metric_of(const Model& model) const;
  double score_of(const Model& model) const;
  double speedup_of(const std::vector<Edit>& edits, const Model& model);
  double seconds() const;
  bool add(std::size_t trial, const std::vector<std::string>& layers, double least_speedup,
           const Model* made);

  const Model& model_;
  const QuantizeOptions& options_;
  const TuneOptions& tuning_;
  TuneResult& tuned_;
  Stages& stages_;
  SharedStatistics statistics_;
  /// Inputs that scores are measured on, and what the model makes of them.
  std::vector<runtime::Tensors> scored_, exact_;
  std::optional<search::Timing> timing_;
  std::vector<Trial> trials_;
  std::vector<std::size_t> trial_of_;  ///< of each candidate
  std::set<std::string> known_;        ///< recipes that have been measured
  std::map<std::string, double> speedups_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace octet::api
