#pragma once

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "octet/quantize.hpp"

namespace octet::core {

/// Adds up the time of each part of a run. Parts that are nested are named `calibration/compile`.
class Stopwatch {
 public:
  /// Measures until it is destroyed.
  class Running {
   public:
    Running(Stopwatch& watch, std::string_view part)
        : watch_(watch), index_(watch.index_of(part)), wall_(Clock::now()), cpu_(std::clock()) {}
    ~Running() {
      StageTime& time = watch_.parts_[index_];
      time.seconds += std::chrono::duration<double>(Clock::now() - wall_).count();
      time.processor_seconds += static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    using Clock = std::chrono::steady_clock;
    Stopwatch& watch_;
    std::size_t index_;
    Clock::time_point wall_;
    std::clock_t cpu_;
  };

  template <typename Action>
  auto time(std::string_view part, Action action) {
    const Running running(*this, part);
    return action();
  }
  void add(std::string_view part, double processor_seconds) {
    parts_[index_of(part)].processor_seconds += processor_seconds;
  }
  /// In the order in which they began.
  const std::vector<StageTime>& parts() const { return parts_; }

 private:
  std::size_t index_of(std::string_view part) {
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (parts_[i].stage == part) return i;
    parts_.push_back({std::string(part), 0, 0});
    return parts_.size() - 1;
  }

  std::vector<StageTime> parts_;
};

}  // namespace octet::core
