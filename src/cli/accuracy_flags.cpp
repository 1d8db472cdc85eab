#include "cli/accuracy_flags.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/words.hpp"
#include "core/tensor_values.hpp"
#include "runtime/inputs.hpp"
#include "runtime/run_samples.hpp"

namespace octet::cli {
namespace {

constexpr const char* group = "Accuracy control";

[[noreturn]] void refuse(const std::string& option, const std::string& problem,
                         const std::string& remedy) {
  throw Error(ErrorCode::invalid_argument, "command", "option '" + option + "'", problem, remedy);
}

/// The place of the largest score in every row of the first output, over all samples.
std::vector<std::size_t> decisions(const Model& model,
                                   const std::vector<runtime::Tensors>& samples) {
  std::vector<std::size_t> places;
  for (const runtime::Tensors& outputs : runtime::run_samples(model.graph, samples, 0)) {
    const ov::Shape& shape = outputs.at(0).get_shape();
    if (shape.size() != 2 || shape[1] < 2)
      refuse("--accuracy-control",
             "the model's first output has shape " + shape.to_string() +
                 " and not that of scores, [rows, classes]",
             "Use octet.quantize_with_accuracy_control of the Python package, with a metric of "
             "your own");
    const std::vector<double> scores = core::values_of(outputs[0]);
    for (std::size_t row = 0; row < shape[0]; ++row) {
      const auto first = scores.begin() + static_cast<std::ptrdiff_t>(row * shape[1]);
      const auto last = first + static_cast<std::ptrdiff_t>(shape[1]);
      places.push_back(static_cast<std::size_t>(std::max_element(first, last) - first));
    }
  }
  return places;
}

std::vector<runtime::Tensors> read_all(const Model& model, Dataset& data) {
  std::vector<runtime::Tensors> samples;
  while (const std::optional<Sample> sample = data.next())
    samples.push_back(runtime::bind_inputs(*model.graph, *sample,
                                           "validation sample " + std::to_string(samples.size())));
  if (samples.empty())
    throw Error(ErrorCode::dataset_empty, "data", data.describe(), "it has no sample",
                "Give at least one");
  return samples;
}

std::vector<std::size_t> read_labels(const std::string& file) {
  std::vector<std::size_t> labels;
  const auto data = npy_file(file);
  while (const std::optional<Sample> item = data->next())
    for (const double label : core::values_of(item->inputs.at(0).second)) {
      if (!(label >= 0)) refuse("--labels", "it holds a negative label", "Count classes from 0");
      labels.push_back(static_cast<std::size_t>(label));
    }
  return labels;
}

}  // namespace

void AccuracyFlags::declare(CLI::App& app) {
  app.add_flag("--accuracy-control", wanted_,
               "put layers back to floating point until the share of right decisions drops no "
               "more than is allowed")
      ->group(group);
  const auto add = [&](const std::string& name, auto& target, const char* type,
                       const std::string& text) {
    app.add_option(name, target, text)->group(group)->type_name(type);
  };
  add("--validation-data", validation_, "SOURCE", "what decisions are measured on, as --data");
  add("--labels", labels_, "FILE.npy",
      "class of each validation sample; default: what the model decides in FP32");
  add("--max-drop", max_drop_, "X", "how much the share may drop; default: 0.01");
  add("--drop-type", drop_type_, "WORD", "absolute, or relative to the model's share");
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
  if (validation_.empty())
    refuse("--accuracy-control", "there is nothing to measure decisions on",
           "Give --validation-data");
  const auto source = data.open_source(validation_, model, 0);
  auto samples = std::make_shared<std::vector<runtime::Tensors>>(read_all(model, *source));
  auto labels = std::make_shared<std::vector<std::size_t>>(
      labels_.empty() ? decisions(model, *samples) : read_labels(labels_));
  return [samples, labels](const Model& candidate) {
    const std::vector<std::size_t> found = decisions(candidate, *samples);
    if (found.size() != labels->size())
      refuse("--labels",
             "it has " + std::to_string(labels->size()) + " labels for " +
                 std::to_string(found.size()) + " rows",
             "Give one label a sample");
    std::size_t right = 0;
    for (std::size_t i = 0; i < found.size(); ++i) right += found[i] == (*labels)[i];
    return static_cast<double>(right) / static_cast<double>(found.size());
  };
}

Diagnostic accuracy_note(const AccuracyStep& step) {
  char text[160];
  std::snprintf(text, sizeof text, "%zu layers in floating point: metric %.6g, drop %.6g%s",
                step.float_layers, step.metric, step.drop, step.is_known ? " (known)" : "");
  return {Diagnostic::Severity::note, "search", "accuracy_step", "", text, ""};
}

}  // namespace octet::cli
