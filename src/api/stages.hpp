#pragma once

#include <string>
#include <vector>

#include "core/stopwatch.hpp"
#include "octet/error.hpp"
#include "octet/options.hpp"
#include "octet/quantize.hpp"

namespace octet::api {

/// Tells the user that a stage begins, and keeps how long each took.
class Stages {
 public:
  explicit Stages(const QuantizeOptions& options) : options_(options) {}

  /// Throws `Error` (cancelled).
  template <typename Action>
  auto run(const char* stage, Action action) {
    if (options_.is_cancelled && options_.is_cancelled())
      throw Error(ErrorCode::cancelled, stage, "", "the run was cancelled", "");
    if (options_.on_progress) options_.on_progress({stage, 0, 0});
    return stopwatch.time(stage, action);
  }
  /// Tells the user of what was added to `diagnostics`, which only grows, since the last call.
  void tell(const std::vector<Diagnostic>& diagnostics) {
    for (; told_ < diagnostics.size(); ++told_)
      if (options_.on_diagnostic && (told_ahead_.empty() || diagnostics[told_].code != told_ahead_))
        options_.on_diagnostic(diagnostics[told_]);
  }
  /// Tells the user at once what will be among the diagnostics later.
  void tell_ahead(const Diagnostic& diagnostic) {
    told_ahead_ = diagnostic.code;
    if (options_.on_diagnostic) options_.on_diagnostic(diagnostic);
  }
  /// Puts the times into the result.
  void finish(QuantizeResult& result) const {
    result.profile = stopwatch.parts();
    for (const StageTime& time : result.profile)
      if (time.stage.find('/') == std::string::npos)
        result.stage_seconds[time.stage] = time.seconds;
  }

  core::Stopwatch stopwatch;

 private:
  const QuantizeOptions& options_;
  std::size_t told_ = 0;
  std::string told_ahead_;
};

}  // namespace octet::api
