#include "statistics/pass.hpp"

#include <algorithm>
#include <chrono>

#include "statistics/data_hash.hpp"
#include "statistics/row_check.hpp"

namespace octet::statistics {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds progress_interval{200};
constexpr std::chrono::seconds state_interval{5};

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
  /// The item whose rows turned out not to be samples, if any.
  const std::string& not_samples() const { return name_; }

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

State state_of(const ov::Tensor& tensor) {
  const auto* bytes = static_cast<const std::uint8_t*>(tensor.data());
  return {{"type", tensor.get_element_type().get_type_name()},
          {"shape", tensor.get_shape()},
          {"data", State::binary({bytes, bytes + tensor.get_byte_size()})}};
}

ov::Tensor tensor_of(const State& state) {
  const auto& bytes = state.at("data").get_binary();
  const auto shape = state.at("shape").get<std::vector<std::size_t>>();
  std::size_t most = bytes.size();  // elements, so that no product overflows
  for (const std::size_t side : shape) {
    require(side <= most || most == 0, "a kept tensor is cut off");
    most = side == 0 ? 0 : most / side;
  }
  try {
    ov::Tensor tensor(ov::element::Type(state.at("type").get<std::string>()), ov::Shape(shape));
    require(tensor.get_byte_size() == bytes.size(), "a kept tensor is cut off");
    std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(tensor.data()));
    return tensor;
  } catch (const ov::Exception&) {
    throw BadState("a kept tensor is of no known type");
  }
}

}  // namespace

void Pass::make_plan(std::optional<std::size_t> batch) {
  if (plan_) return;
  batch_ = batch;
  plan_.emplace(*model_.graph, requests_, batch);
}

void Pass::start(const BoundSample& item, std::size_t rows, std::size_t index,
                 core::Stopwatch& stopwatch) {
  stop_if_cancelled(options_);
  is_within_item_ = true;
  for (std::size_t row = 0; row < rows; ++row) {
    stop_if_cancelled(options_);
    const BoundSample sample = rows > 1 ? rows_of(*model_.graph, item, row, 1) : item;
    if (!runner_)
      runner_.emplace(model_, *plan_, sample, options_,
                      requests_.keep - std::min(requests_.keep, kept_.size()), stopwatch);
    runner_->start(sample);
    if (kept_.size() + kept_places_.size() < requests_.keep) kept_places_.emplace_back(index, row);
  }
  is_within_item_ = false;
  samples_ += batch_.value_or(rows);
}

void Pass::run(Dataset& data, const Shard& shard, const std::function<void()>& on_state) {
  const std::size_t limit = std::max<std::size_t>(options_.subset_size, 1);
  Reporter reporter(options_, data.size() ? std::min(limit, *data.size()) : 0);
  core::Stopwatch unused;
  core::Stopwatch& stopwatch = options_.stopwatch ? *options_.stopwatch : unused;
  const auto next = [&](std::size_t index) {
    return stopwatch.time("calibration/data",
                          [&] { return next_sample(data, *model_.graph, index); });
  };
  stop_if_cancelled(options_);
  std::optional<BoundSample> item = next(0);
  if (!item)
    throw Error(ErrorCode::dataset_empty, "data", data.describe(), "it has no sample",
                "Give at least one sample; some 300 that are like real data are usual");

  // Items that are batches are taken apart, so that it does not matter how samples are grouped: a
  // row of which other rows know nothing gives the same alone. A model of a fixed batch runs whole
  // items, and its samples are told apart by the first axis.
  const bool by_sample = options_.batchwise_statistics.value_or(true);
  const bool is_open = open_batch(*model_.graph, *item).has_value();
  std::optional<std::size_t> batch;
  if (by_sample && !is_open && (options_.batchwise_statistics || data.batch_size()))
    batch = fixed_batch(*item);
  make_plan(batch);

  Rows rows(model_, options_);
  Clock::time_point last_state = Clock::now();
  std::size_t index = 0;
  DataHash hash;
  const auto settle = [&] {
    if (runner_) runner_->finish();
    data_hash_ = hash.hex();
    items_ = std::max(items_, index);
  };
  try {
    while (item) {
      hash.add(item->inputs);
      const std::size_t count = by_sample && is_open ? rows.of(*item) : 1;
      not_samples_ = rows.not_samples();
      if (index >= resumed_ && index % shard.count == shard.index)
        start(*item, count, index, stopwatch);
      reporter.report(++index);
      if (index == limit) break;
      if (on_state && Clock::now() - last_state >= state_interval) {
        settle();
        on_state();
        last_state = Clock::now();
      }
      try {
        item = next(index);
      } catch (const Error&) {
        settle();  // an earlier sample's fault comes first
        throw;
      }
    }
  } catch (...) {
    // What was measured stays of use, but not a part of an item.
    if (on_state && !is_within_item_) {
      settle();
      on_state();
    }
    throw;
  }
  settle();
  take_kept();
  reporter.report(index, true);
}

void Pass::take_kept() {
  if (!runner_) return;
  for (std::size_t i = 0; i < kept_places_.size(); ++i)
    kept_.push_back({kept_places_[i].first, kept_places_[i].second, runner_->kept().at(i)});
  kept_places_.clear();
}

State Pass::state() const {
  State kept = State::array();
  const auto add = [&](std::size_t item, std::size_t row, const KeptSample& sample) {
    State inputs = State::array(), outputs = State::array(), means = State::array();
    for (const ov::Tensor& tensor : sample.inputs) inputs.push_back(state_of(tensor));
    for (const ov::Tensor& tensor : sample.outputs) outputs.push_back(state_of(tensor));
    for (const auto& values : sample.channel_means) means.push_back(pack(values));
    kept.push_back({{"item", item},
                    {"row", row},
                    {"inputs", std::move(inputs)},
                    {"outputs", std::move(outputs)},
                    {"means", std::move(means)}});
  };
  for (const Kept& one : kept_) add(one.item, one.row, one.sample);
  for (std::size_t i = 0; i < kept_places_.size(); ++i)
    add(kept_places_[i].first, kept_places_[i].second, runner_->kept().at(i));
  return {{"items", items_},         {"samples", samples_},         {"batch", batch_.value_or(0)},
          {"data_hash", data_hash_}, {"not_samples", not_samples_}, {"kept", std::move(kept)},
          {"plan", plan_->state()}};
}

void Pass::merge(const State& state) {
  const auto batch = state.at("batch").get<std::size_t>();
  make_plan(batch == 0 ? std::nullopt : std::optional(batch));
  require(batch_.value_or(0) == batch, "its items are of another batch size");
  plan_->merge(state.at("plan"));
  for (const State& one : state.at("kept")) {
    Kept kept{one.at("item").get<std::size_t>(), one.at("row").get<std::size_t>(), {}};
    for (const State& tensor : one.at("inputs")) kept.sample.inputs.push_back(tensor_of(tensor));
    for (const State& tensor : one.at("outputs")) kept.sample.outputs.push_back(tensor_of(tensor));
    for (const State& means : one.at("means"))
      kept.sample.channel_means.push_back(unpack<double>(means));
    require(kept.sample.inputs.size() == model_.graph->get_parameters().size() &&
                kept.sample.outputs.size() == model_.graph->get_output_size(),
            "a kept sample lacks a tensor");
    kept_.push_back(std::move(kept));
  }
  std::ranges::sort(kept_, {}, [](const Kept& kept) { return std::pair(kept.item, kept.row); });
  data_hash_ = state.at("data_hash").get<std::string>();
  resumed_ = items_ = std::max(items_, state.at("items").get<std::size_t>());
  samples_ += state.at("samples").get<std::size_t>();
  if (not_samples_.empty()) not_samples_ = state.at("not_samples").get<std::string>();
}

Results Pass::results(const std::string& source) const {
  Results results = plan_->results(model_.sources);
  results.data_hash = data_hash_;
  results.items = items_;
  results.samples = samples_;
  for (const Kept& kept : kept_)
    if (results.kept.size() < requests_.keep) results.kept.push_back(kept.sample);
  if (!not_samples_.empty())
    results.diagnostics.push_back(
        {Diagnostic::Severity::note, "statistics", "rows_are_not_samples", not_samples_,
         "its rows together give other outputs than one by one, so the first axis is no batch and "
         "every item is measured as one sample",
         ""});
  if (items_ < options_.subset_size)
    results.diagnostics.push_back(
        {Diagnostic::Severity::warning, "statistics", "few_samples", source,
         "it has " + std::to_string(items_) + " samples, fewer than the subset size of " +
             std::to_string(options_.subset_size),
         "More samples give more reliable ranges"});
  return results;
}

}  // namespace octet::statistics
