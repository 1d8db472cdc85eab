#include "search/timing.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace octet::search {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double turn_seconds = 0.02, most_seconds = 3;
constexpr std::size_t fewest_turns = 8;
/// Two estimates that differ by less are settled.
constexpr double settled_within = 0.01;
constexpr std::size_t profiled_runs = 30;

}  // namespace

Timing::Timing(const Model& reference, const RunOptions& options, runtime::Stop is_cancelled)
    : options_(options),
      is_cancelled_(std::move(is_cancelled)),
      subject_(runtime::subject_of(reference, options)) {
  runtime::guarded("run the model", [&] {
    reference_.emplace(subject_, options_);
    reference_->turn(turn_seconds, is_cancelled_);
  });
}

double Timing::speedup_of(const Model& model) {
  return runtime::guarded("run the model", [&] {
    runtime::Latency timed(runtime::subject_of(model, options_), options_);
    reference_->forget();
    const auto begin = Clock::now();
    double before = 0;
    for (std::size_t turn = 1;; ++turn) {
      reference_->turn(turn_seconds, is_cancelled_);
      timed.turn(turn_seconds, is_cancelled_);
      if (turn % fewest_turns != 0) continue;
      const double speedup = reference_->quantile_ms(0) / timed.quantile_ms(0);
      const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      if (std::abs(speedup - before) <= settled_within * speedup || seconds > most_seconds)
        return speedup;
      before = speedup;
    }
  });
}

std::vector<ExecutedLayer> Timing::profile_of(const Model& model) const {
  return runtime::guarded("run the model", [&] {
    return runtime::profile(runtime::subject_of(model, options_), options_, profiled_runs);
  });
}

}  // namespace octet::search
