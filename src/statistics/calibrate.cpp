#include <algorithm>
#include <chrono>

#include "statistics/row_check.hpp"
#include "statistics/runner.hpp"

namespace octet::statistics {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds progress_interval{200};

/// Tells the caller how far the run is, a few times a second.
class Reporter {
 public:
  Reporter(const CalibrationOptions& options, std::size_t total)
      : options_(options), total_(total) {}
  void report(std::size_t done, bool is_last = false) {
    if (!options_.on_progress) return;
    const auto now = Clock::now();
    if (!is_last && now - last_ < progress_interval) return;
    last_ = now;
    options_.on_progress({"calibration", done, total_});
  }

 private:
  const CalibrationOptions& options_;
  std::size_t total_;
  Clock::time_point last_;
};

/// Finds out how many samples an item holds, along open axes.
class Rows {
 public:
  Rows(const Model& model, const CalibrationOptions& options) : model_(model), options_(options) {}
  std::size_t of(const BoundSample& item) {
    const std::size_t rows = open_batch(*model_.graph, item).value_or(1);
    if (rows < 2) return 1;
    if (!are_samples_) {
      are_samples_ = rows_are_samples(model_, item, options_.threads);
      if (!*are_samples_) name_ = item.name;
    }
    return *are_samples_ ? rows : 1;
  }
  /// Says so where rows turned out not to be samples.
  void explain(std::vector<Diagnostic>& diagnostics) const {
    if (name_.empty()) return;
    diagnostics.push_back({Diagnostic::Severity::note, "statistics", "rows_are_not_samples", name_,
                           "its rows together give other outputs than one by one, so the first "
                           "axis is no batch and every item is measured as one sample",
                           ""});
  }

 private:
  const Model& model_;
  const CalibrationOptions& options_;
  std::optional<bool> are_samples_;
  std::string name_;
};

void stop_if_cancelled(const CalibrationOptions& options) {
  if (options.is_cancelled && options.is_cancelled())
    throw Error(ErrorCode::cancelled, "statistics", "", "the calibration was cancelled", "");
}

}  // namespace

Results calibrate(const Model& model, Dataset& data, const Requests& requests,
                  const CalibrationOptions& options) {
  if (requests.ranges.empty() && requests.channel_means.empty()) return {};
  const std::size_t limit = std::max<std::size_t>(options.subset_size, 1);
  Reporter reporter(options, data.size() ? std::min(limit, *data.size()) : 0);
  stop_if_cancelled(options);
  std::optional<BoundSample> item = next_sample(data, *model.graph, 0);
  if (!item)
    throw Error(ErrorCode::dataset_empty, "data", data.describe(), "it has no sample",
                "Give at least one sample; some 300 that are like real data are usual");

  // Items that are batches are taken apart, so that it does not matter how samples are grouped: a
  // row of which other rows know nothing gives the same alone. A
  // model of a fixed batch runs whole items, and its samples are told apart by the first axis.
  const bool by_sample = options.batchwise_statistics.value_or(true);
  const bool is_open = open_batch(*model.graph, *item).has_value();
  std::optional<std::size_t> batch;
  if (by_sample && !is_open && (options.batchwise_statistics || data.batch_size()))
    batch = fixed_batch(*item);

  Rows rows(model, options);
  Plan plan(*model.graph, requests, batch);
  std::optional<Runner> runner;
  Results counts;
  while (item) {
    const std::size_t count = by_sample && is_open ? rows.of(*item) : 1;
    for (std::size_t row = 0; row < count; ++row) {
      stop_if_cancelled(options);
      const BoundSample sample = count > 1 ? rows_of(*model.graph, *item, row, 1) : *item;
      if (!runner) runner.emplace(model, plan, sample, options.threads, requests.keep);
      runner->start(sample);
    }
    counts.samples += batch.value_or(count);
    reporter.report(++counts.items);
    if (counts.items == limit) break;
    try {
      item = next_sample(data, *model.graph, counts.items);
    } catch (const Error&) {
      runner->finish();  // an earlier sample's fault comes first
      throw;
    }
  }
  runner->finish();
  reporter.report(counts.items, true);

  Results results = plan.results(model.sources);
  results.items = counts.items;
  results.samples = counts.samples;
  results.kept = runner->take_kept();
  rows.explain(results.diagnostics);
  if (counts.items < options.subset_size)
    results.diagnostics.push_back(
        {Diagnostic::Severity::warning, "statistics", "few_samples", data.describe(),
         "it has " + std::to_string(counts.items) + " samples, fewer than the subset size of " +
             std::to_string(options.subset_size),
         "More samples give more reliable ranges"});
  return results;
}

}  // namespace octet::statistics
