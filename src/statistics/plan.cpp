#include "statistics/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include <openvino/op/reshape.hpp>
#include <openvino/op/squeeze.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/unsqueeze.hpp>

namespace octet::statistics {
namespace {

/// Where the graph makes each tensor.
class Tensors {
 public:
  explicit Tensors(const ov::Model& graph) {
    for (const auto& node : graph.get_ordered_ops()) {
      order_.emplace(node->get_friendly_name(), order_.size());
      nodes_.emplace(node->get_friendly_name(), node);
    }
  }

  /// The tensor that `tensor` is a mere rearrangement of.
  TensorRef source_of(const TensorRef& tensor) const {
    ov::Output<ov::Node> output = at(tensor);
    while (ov::is_type<ov::op::v1::Reshape>(output.get_node()) ||
           ov::is_type<ov::op::v0::Squeeze>(output.get_node()) ||
           ov::is_type<ov::op::v0::Unsqueeze>(output.get_node()) ||
           ov::is_type<ov::op::v1::Transpose>(output.get_node()))
      output = output.get_node()->input_value(0);
    return {output.get_node()->get_friendly_name(), output.get_index()};
  }
  std::size_t order_of(const TensorRef& tensor) const { return order_.at(tensor.node); }

 private:
  ov::Output<ov::Node> at(const TensorRef& tensor) const {
    const auto found = nodes_.find(tensor.node);
    if (found == nodes_.end() || tensor.output >= found->second->get_output_size())
      throw Error(ErrorCode::internal, "statistics", "node '" + tensor.node + "'",
                  "the model has no output " + std::to_string(tensor.output) + " of it",
                  "Please report this");
    return found->second->output(tensor.output);
  }

  std::unordered_map<std::string, std::size_t> order_;
  std::unordered_map<std::string, std::shared_ptr<ov::Node>> nodes_;
};

auto key_of(const StatisticsCollectorParameters& side) {
  return std::tuple(side.statistics_type, side.aggregator_type, side.clipping_value,
                    side.quantile_outlier_prob);
}

}  // namespace

std::size_t Plan::watch_of(const TensorRef& tensor, std::optional<std::size_t> axis) {
  for (std::size_t i = 0; i < watches_.size(); ++i)
    if (watches_[i].tensor == tensor && watches_[i].measures.axis == axis) return i;
  Watch watch;
  watch.tensor = tensor;
  watch.measures.axis = axis;
  watches_.push_back(std::move(watch));
  return watches_.size() - 1;
}

Plan::Plan(const ov::Model& graph, const Requests& requests, std::optional<std::size_t> batch) {
  const Tensors tensors(graph);
  const auto source_of = [&](const TensorRef& tensor) {
    const TensorRef source = tensors.source_of(tensor);
    return batch ? tensor : source;
  };
  for (const ChannelMeanRequest& request : requests.channel_means) {
    source_of(request.tensor);
    watch_of_mean_.push_back(watch_of(request.tensor, request.axis));
    watches_[watch_of_mean_.back()].measures.sums = true;
    of_each_kept_.push_back(request.of_each_kept);
  }
  for (const RangeRequest& request : requests.ranges)
    if (request.axis) watch_of(request.tensor, request.axis);
  // A tensor that is measured channel by channel anyway gives the whole's range as well.
  std::map<TensorRef, std::size_t> by_source;
  for (std::size_t i = 0; i < watches_.size(); ++i)
    by_source.emplace(source_of(watches_[i].tensor), i);

  using Key = std::tuple<std::size_t, bool, decltype(key_of({})), decltype(key_of({}))>;
  std::map<Key, std::size_t> known;
  for (const RangeRequest& request : requests.ranges) {
    const TensorRef source = source_of(request.tensor);
    std::size_t watch;
    if (request.axis) {
      watch = watch_of(request.tensor, request.axis);
    } else {
      const auto [place, is_new] = by_source.emplace(source, watches_.size());
      watch = is_new ? watch_of(source, {}) : place->second;
    }
    const bool per_channel = request.axis.has_value();
    const RangeEstimatorParameters& estimator = request.estimator;
    if (per_channel && (is_search(estimator.min) || is_search(estimator.max)))
      throw Error(ErrorCode::internal, "statistics", "node '" + request.tensor.node + "'",
                  "a search for the range of each channel was asked for", "Please report this");
    const auto [place, is_new] = known.emplace(
        Key(watch, per_channel, key_of(estimator.min), key_of(estimator.max)), ranges_.size());
    if (is_new) {
      ranges_.push_back({watch, per_channel,
                         RangeSide(RangeSide::End::low, estimator.min, per_channel),
                         RangeSide(RangeSide::End::high, estimator.max, per_channel)});
      ranges_.back().low.require(watches_[watch].measures);
      ranges_.back().high.require(watches_[watch].measures);
    }
    range_of_request_.push_back(place->second);
  }

  // In the graph's order, so that the first of several bad tensors is the one that is named.
  std::vector<std::size_t> order(watches_.size()), place(watches_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::pair(tensors.order_of(watches_[i].tensor), watches_[i].tensor.output);
  });
  std::vector<Watch> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.push_back(std::move(watches_[order[i]]));
    sorted.back().measures.batch = batch;
    if (sorted.back().measures.distribution)
      sorted.back().distribution = std::make_shared<SharedDistribution>();
  }
  watches_ = std::move(sorted);
  for (PlannedRange& range : ranges_) range.watch = place[range.watch];
  for (std::size_t& watch : watch_of_mean_) watch = place[watch];
}

void Plan::add(std::size_t index, const SampleView& sample) {
  Watch& watch = watches_[index];
  const std::size_t channels = sample.low.size();
  if (watch.count == 0) {
    watch.low.assign(sample.low.begin(), sample.low.end());
    watch.high.assign(sample.high.begin(), sample.high.end());
    watch.sums.resize(sample.sums.size());
  }
  for (std::size_t c = 0; c < channels; ++c) {
    watch.low[c] = std::min(watch.low[c], sample.low[c]);
    watch.high[c] = std::max(watch.high[c], sample.high[c]);
  }
  for (std::size_t c = 0; c < sample.sums.size(); ++c) watch.sums[c].add(sample.sums[c]);
  watch.count += sample.count;
  for (PlannedRange& range : ranges_)
    if (range.watch == index) {
      range.low.add(watch.measures, sample);
      range.high.add(watch.measures, sample);
    }
}

State Plan::state() const {
  State watches = State::array(), ranges = State::array();
  for (const Watch& watch : watches_) {
    std::vector<std::uint64_t> sums;
    for (const ExactSum& sum : watch.sums) sum.write(sums);
    State state{{"low", pack(watch.low)},
                {"high", pack(watch.high)},
                {"sums", pack(sums)},
                {"count", watch.count}};
    if (watch.distribution) state["distribution"] = watch.distribution->total().state();
    watches.push_back(std::move(state));
  }
  for (const PlannedRange& range : ranges_)
    ranges.push_back({{"low", range.low.state()}, {"high", range.high.state()}});
  return {{"watches", std::move(watches)}, {"ranges", std::move(ranges)}};
}

void Plan::merge(const State& state) {
  const State &watches = state.at("watches"), &ranges = state.at("ranges");
  require(watches.size() == watches_.size() && ranges.size() == ranges_.size(),
          "it measured other tensors");
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    Watch& watch = watches_[i];
    const State& other = watches[i];
    const auto low = unpack<double>(other.at("low")), high = unpack<double>(other.at("high"));
    const auto words = unpack<std::uint64_t>(other.at("sums"));
    const auto count = other.at("count").get<std::size_t>();
    if (count == 0) continue;
    if (watch.count == 0) {
      require(!low.empty(), "a tensor has no channels");
      watch.low = low;
      watch.high = high;
      watch.sums.resize(watch.measures.sums ? low.size() : 0);
    }
    require(low.size() == watch.low.size() && high.size() == low.size(),
            "a tensor has another number of channels");
    for (std::size_t c = 0; c < low.size(); ++c) {
      require(std::isfinite(low[c]) && std::isfinite(high[c]), "a tensor has a range without end");
      watch.low[c] = std::min(watch.low[c], low[c]);
      watch.high[c] = std::max(watch.high[c], high[c]);
    }
    std::size_t place = 0;
    for (ExactSum& sum : watch.sums) sum.add(ExactSum::read(words, place));
    require(place == words.size(), "a tensor has too many sums");
    watch.count += count;
    if (watch.distribution) {
      auto histogram = watch.distribution->take();
      histogram->merge(other.at("distribution"));
      watch.distribution->give_back(std::move(histogram));
    }
  }
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    ranges_[i].low.merge(ranges[i].at("low"));
    ranges_[i].high.merge(ranges[i].at("high"));
  }
}

void Plan::keep(std::size_t index, const std::vector<SampleView>& samples, KeptSample& kept) const {
  kept.channel_means.resize(watch_of_mean_.size());
  for (std::size_t i = 0; i < watch_of_mean_.size(); ++i) {
    if (watch_of_mean_[i] != index || !of_each_kept_[i]) continue;
    std::vector<double> sums(samples.at(0).sums.size(), 0);
    std::size_t count = 0;
    for (const SampleView& sample : samples) {
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += sample.sums[c];
      count += sample.count;
    }
    for (double& sum : sums) sum /= static_cast<double>(count);
    kept.channel_means[i] = std::move(sums);
  }
}

Results Plan::results(const SourceMap& sources) const {
  std::vector<std::optional<Distribution>> distributions;
  for (const Watch& watch : watches_) {
    if (watch.count == 0)
      throw Error(ErrorCode::internal, "statistics", sources.describe(watch.tensor.node),
                  "it was empty in every sample", "Please report this");
    distributions.emplace_back();
    if (watch.distribution)
      distributions.back() = Distribution{static_cast<float>(std::ranges::min(watch.low)),
                                          static_cast<float>(std::ranges::max(watch.high)),
                                          watch.distribution->total().buckets()};
  }
  Results results;
  std::vector<Range> ranges;
  for (const PlannedRange& range : ranges_) {
    const auto& distribution = distributions[range.watch];
    ranges.push_back(range_of(range.low, range.high, distribution ? &*distribution : nullptr));
  }
  for (const std::size_t range : range_of_request_) results.ranges.push_back(ranges[range]);
  for (const std::size_t watch : watch_of_mean_) {
    std::vector<double> means;
    for (const ExactSum& sum : watches_[watch].sums)
      means.push_back(sum.value() / static_cast<double>(watches_[watch].count));
    results.channel_means.push_back(std::move(means));
  }
  for (const Watch& watch : watches_) {
    const double low = std::ranges::min(watch.low), high = std::ranges::max(watch.high);
    if (low != high) continue;
    results.diagnostics.push_back(
        {Diagnostic::Severity::warning, "statistics", "constant_tensor",
         sources.describe(watch.tensor.node),
         "every value is " + std::to_string(low) + " in all samples",
         "Check that the samples are like real data; if so, the layer can be replaced by a "
         "constant"});
  }
  return results;
}

}  // namespace octet::statistics
