#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/data_flags.hpp"
#include "cli/validation_flags.hpp"
#include "octet/accuracy_control.hpp"

namespace octet::cli {

/// The options of the accuracy control.
class AccuracyFlags {
 public:
  void declare(CLI::App& app);
  bool is_wanted() const { return wanted_; }
  AccuracyControlOptions options() const;
  /// Reads the validation data. Throws `Error`.
  std::function<double(const Model&)> metric(const Model& model, const DataFlags& data) const;

 private:
  bool wanted_ = false;
  ValidationFlags validation_;
  std::string drop_type_, state_;
  double max_drop_ = 0.01, time_limit_ = 0;
};

/// What a step of the control found.
Diagnostic accuracy_note(const AccuracyStep& step);

}  // namespace octet::cli
