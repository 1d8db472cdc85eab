#include "cli/validation_flags.hpp"

#include <algorithm>
#include <memory>

#include "cli/words.hpp"
#include "core/tensor_values.hpp"
#include "octet/diagnose.hpp"
#include "runtime/inputs.hpp"
#include "runtime/run_samples.hpp"

namespace octet::cli {
namespace {

using Samples = std::vector<runtime::Tensors>;

[[noreturn]] void refuse(const std::string& option, const std::string& problem,
                         const std::string& remedy) {
  throw Error(ErrorCode::invalid_argument, "command", "option '" + option + "'", problem, remedy);
}

/// The place of the largest score in every row of the first output, over all samples.
std::vector<std::size_t> decisions(const Model& model, const Samples& samples) {
  std::vector<std::size_t> places;
  for (const runtime::Tensors& outputs : runtime::run_samples(model.graph, samples, 0)) {
    const ov::Shape& shape = outputs.at(0).get_shape();
    if (shape.size() != 2 || shape[1] < 2)
      refuse("--metric top1",
             "the model's first output has shape " + shape.to_string() +
                 " and not that of scores, [rows, classes]",
             "Say --metric cosine, or give the Python package a metric of your own");
    const std::vector<double> scores = core::values_of(outputs[0]);
    for (std::size_t row = 0; row < shape[0]; ++row) {
      const auto first = scores.begin() + static_cast<std::ptrdiff_t>(row * shape[1]);
      const auto last = first + static_cast<std::ptrdiff_t>(shape[1]);
      places.push_back(static_cast<std::size_t>(std::max_element(first, last) - first));
    }
  }
  return places;
}

Samples read_all(const Model& model, Dataset& data) {
  Samples samples;
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

std::function<double(const Model&)> top1(const Model& model, std::shared_ptr<Samples> samples,
                                         const std::string& file) {
  auto labels = std::make_shared<std::vector<std::size_t>>(file.empty() ? decisions(model, *samples)
                                                                        : read_labels(file));
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

std::function<double(const Model&)> cosine(const Model& model, const Samples& samples) {
  std::vector<Sample> items;
  for (const runtime::Tensors& tensors : samples) {
    items.emplace_back();
    for (const ov::Tensor& tensor : tensors) items.back().inputs.emplace_back("", tensor);
  }
  return [model, items](const Model& candidate) {
    RunOptions options;
    options.precision = "f32";
    const Comparison found = compare(model, candidate, *in_memory(items), items.size(), options);
    double least = 1;
    for (const OutputDifference& output : found.outputs) least = std::min(least, output.cosine);
    return least;
  };
}

}  // namespace

void ValidationFlags::declare(CLI::App& app, const char* group) {
  const auto add = [&](const std::string& name, auto& target, const char* type,
                       const std::string& text) {
    app.add_option(name, target, text)->group(group)->type_name(type);
  };
  add("--validation-data", validation_, "SOURCE", "what the metric is measured on, as --data");
  add("--metric", metric_, "WORD",
      "top1: the share of right decisions (default); cosine: with the outputs in FP32");
  add("--labels", labels_, "FILE.npy",
      "class of each validation sample; default: what the model decides in FP32");
}

std::function<double(const Model&)> ValidationFlags::metric(const Model& model,
                                                            const DataFlags& data) const {
  const std::vector<std::string> known = {"top1", "cosine"};
  const bool is_cosine = metric_ == "cosine";
  if (!metric_.empty() && std::ranges::find(known, metric_) == known.end())
    refuse_word("option '--metric'", metric_, known);
  if (is_cosine && !labels_.empty())
    refuse("--labels", "the metric 'cosine' takes none", "Leave it out");
  const auto source = data.open_source(validation_, model, 0);
  auto samples = std::make_shared<Samples>(read_all(model, *source));
  return is_cosine ? cosine(model, *samples) : top1(model, std::move(samples), labels_);
}

}  // namespace octet::cli
