#pragma once

#include <functional>
#include <vector>

#include <openvino/runtime/infer_request.hpp>

#include "octet/runtime.hpp"
#include "runtime/compile.hpp"

namespace octet::runtime {

/// Polled; returning true ends a measurement with `ErrorCode::cancelled`.
using Stop = std::function<bool()>;
/// Throws `Error` (cancelled).
void stop_if(const Stop& is_cancelled);

ov::InferRequest request_of(ov::CompiledModel& compiled, const Subject& subject);

/// The latency of one request at a time.
class Latency {
 public:
  /// Compiles, and warms up.
  Latency(const Subject& subject, const RunOptions& options);

  /// Runs for that long, once at least.
  void turn(double seconds, const Stop& is_cancelled);
  /// Drops what the turns so far have measured.
  void forget() { times_ms_.clear(); }
  /// The time that a share of the runs was shorter than: 0.5 is the median. After a turn.
  double quantile_ms(double share) const;
  void store(BenchmarkResult& result) const;

 private:
  ov::InferRequest request_;
  std::vector<double> times_ms_;
  double compile_ms_ = 0;
};

/// What each layer takes: the median over `runs`. Profiling slows a model down, so that it has a
/// compilation of its own.
std::vector<ExecutedLayer> profile(const Subject& subject, const RunOptions& options,
                                   std::size_t runs);

}  // namespace octet::runtime
