#pragma once

#include <optional>

#include "octet/model.hpp"
#include "runtime/latency.hpp"

namespace octet::search {

/// Times models against a reference, in short turns, so that what disturbs the machine disturbs
/// both. What counts is the tenth of the runs that were fastest: other work only makes a run
/// longer.
class Timing {
 public:
  /// `options.example` is what everything runs on. Throws `Error`.
  Timing(const Model& reference, const RunOptions& options, runtime::Stop is_cancelled);

  /// How many times faster than the reference `model` is. Goes on until what was measured settles,
  /// or some seconds have passed.
  double speedup_of(const Model& model);
  double reference_ms() const { return reference_->quantile_ms(0); }
  /// What each layer takes.
  std::vector<ExecutedLayer> profile_of(const Model& model) const;

 private:
  RunOptions options_;
  runtime::Stop is_cancelled_;
  runtime::Subject subject_;
  std::optional<runtime::Latency> reference_;
};

}  // namespace octet::search
