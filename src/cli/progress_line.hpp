#pragma once

#include <chrono>
#include <string>

#include "cli/interrupt.hpp"
#include "octet/options.hpp"

namespace octet::cli {

/// One line: `calibration  120/300   40 %   35.2/s   0:05 left`. `seconds` since the stage began.
std::string progress_text(const Progress& progress, double seconds);

/// Keeps that line on a terminal (standard error) and removes it in the end. Elsewhere silent.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  void show(const Progress& progress);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool is_terminal_, is_shown_ = false;
  std::string stage_;
  Clock::time_point stage_begin_, last_;
};

/// Lets a run show its progress, print its diagnostics above it, and end when the user asks for it.
/// `quiet`: warnings only. All must outlive the run.
void watch(QuantizeOptions& options, ProgressLine& progress, const Interrupt& interrupt,
           bool quiet);

}  // namespace octet::cli
