#include "api/shared_statistics.hpp"

#include "algorithms/algorithm.hpp"
#include "recipe/apply.hpp"

namespace octet::api {
namespace {

/// The same requests for the tensors that `structure` multiplies.
statistics::Requests before_scaling(const std::vector<Edit>& structure,
                                    statistics::Requests requests) {
  std::map<std::string, TensorRef> scaled;
  for (const Edit& edit : structure)
    if (const auto* scale = std::get_if<ScaleChannels>(&edit))
      if (!scale->name.empty()) scaled[scale->name] = scale->tensor;
  const auto follow = [&](TensorRef& tensor) {
    for (auto found = scaled.find(tensor.node); found != scaled.end();
         found = scaled.find(tensor.node))
      tensor = found->second;
  };
  for (auto& request : requests.ranges) follow(request.tensor);
  for (auto& request : requests.channel_means) follow(request.tensor);
  return requests;
}

[[noreturn]] void not_measured(const std::string& node) {
  throw Error(ErrorCode::internal, "search", "node '" + node + "'",
              "a recipe needs statistics that were not measured", "Please report this");
}

}  // namespace

SharedStatistics::SharedStatistics(const Model& model)
    : original_(model), model_(recipe::apply_edits(model, algorithms::fold_batch_norms(model))) {}

SharedStatistics::RangeKey SharedStatistics::key_of(const statistics::RangeRequest& request) {
  const auto side = [](const StatisticsCollectorParameters& of) {
    return Side(of.statistics_type, of.aggregator_type, of.clipping_value,
                of.quantile_outlier_prob);
  };
  return {request.tensor, request.axis, side(request.estimator.min), side(request.estimator.max)};
}

statistics::Requests SharedStatistics::requests_of(const Plan& plan) const {
  const algorithms::Context context{plan.model, plan.placement, plan.options, plan.structure,
                                    &original_};
  statistics::Requests requests;
  for (const auto& step : algorithms::pipeline(plan.options)) step->request(context, requests);
  return before_scaling(plan.structure, std::move(requests));
}

void SharedStatistics::want(const Plan& plan) {
  if (plan.placement.activations.empty() && plan.placement.weights.empty()) return;
  const statistics::Requests wanted = requests_of(plan);
  for (const auto& request : wanted.ranges)
    if (ranges_.emplace(key_of(request), all_.ranges.size()).second) all_.ranges.push_back(request);
  for (const auto& request : wanted.channel_means)
    if (means_
            .emplace(MeanKey(request.tensor, request.axis, request.of_each_kept),
                     all_.channel_means.size())
            .second)
      all_.channel_means.push_back(request);
  keep(wanted.keep);
}

void SharedStatistics::measure(Dataset& data, const statistics::CalibrationOptions& options) {
  results_ = statistics::calibrate(model_, data, all_, options);
}

bool SharedStatistics::covers(const Plan& plan) const {
  const statistics::Requests wanted = requests_of(plan);
  return std::ranges::all_of(
             wanted.ranges,
             [&](const auto& request) { return ranges_.contains(key_of(request)); }) &&
         std::ranges::all_of(wanted.channel_means, [&](const auto& request) {
           return means_.contains(MeanKey(request.tensor, request.axis, request.of_each_kept));
         });
}

statistics::Results SharedStatistics::results_for(const Plan& plan,
                                                  const statistics::Requests& requests) const {
  const statistics::Requests wanted = before_scaling(plan.structure, requests);
  statistics::Results results;
  results.items = results_.items;
  results.samples = results_.samples;
  results.diagnostics = results_.diagnostics;
  results.data_hash = results_.data_hash;
  for (const auto& request : wanted.ranges) {
    const auto found = ranges_.find(key_of(request));
    if (found == ranges_.end()) not_measured(request.tensor.node);
    results.ranges.push_back(results_.ranges[found->second]);
  }
  std::vector<std::size_t> means;
  for (const auto& request : wanted.channel_means) {
    const auto found = means_.find(MeanKey(request.tensor, request.axis, request.of_each_kept));
    if (found == means_.end()) not_measured(request.tensor.node);
    means.push_back(found->second);
    results.channel_means.push_back(results_.channel_means[found->second]);
  }
  for (const statistics::KeptSample& kept : results_.kept) {
    if (results.kept.size() == wanted.keep) break;
    statistics::KeptSample& sample = results.kept.emplace_back();
    sample.inputs = kept.inputs;
    sample.outputs = kept.outputs;
    for (const std::size_t mean : means) sample.channel_means.push_back(kept.channel_means[mean]);
  }
  return results;
}

}  // namespace octet::api
