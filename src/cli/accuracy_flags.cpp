#include "cli/accuracy_flags.hpp"

#include <cstdio>

#include "cli/words.hpp"

namespace octet::cli {
namespace {

constexpr const char* group = "Accuracy control";

}  // namespace

void AccuracyFlags::declare(CLI::App& app) {
  app.add_flag("--accuracy-control", wanted_,
               "put layers back to floating point until the metric drops no more than is allowed")
      ->group(group);
  const auto add = [&](const std::string& name, auto& target, const char* type,
                       const std::string& text) {
    app.add_option(name, target, text)->group(group)->type_name(type);
  };
  validation_.declare(app, group);
  add("--max-drop", max_drop_, "X", "how much the metric may drop; default: 0.01");
  add("--drop-type", drop_type_, "WORD", "absolute, or relative to the model's metric");
  add("--time-limit", time_limit_, "S",
      "seconds after which no further model is measured; default: none");
  add("--state", state_, "FILE.json", "keep what was measured, and go on from it");
}

AccuracyControlOptions AccuracyFlags::options() const {
  AccuracyControlOptions options;
  options.max_drop = max_drop_;
  if (!drop_type_.empty())
    options.drop_type = parse_word<DropType>(drop_type_, "option '--drop-type'");
  options.time_limit = time_limit_;
  options.state = state_;
  return options;
}

std::function<double(const Model&)> AccuracyFlags::metric(const Model& model,
                                                          const DataFlags& data) const {
  if (!validation_.is_given())
    throw Error(ErrorCode::invalid_argument, "command", "option '--accuracy-control'",
                "there is nothing to measure the metric on", "Give --validation-data");
  return validation_.metric(model, data);
}

Diagnostic accuracy_note(const AccuracyStep& step) {
  char text[160];
  std::snprintf(text, sizeof text, "%zu layers in floating point: metric %.6g, drop %.6g%s",
                step.float_layers, step.metric, step.drop, step.is_known ? " (known)" : "");
  return {Diagnostic::Severity::note, "search", "accuracy_step", "", text, ""};
}

}  // namespace octet::cli
