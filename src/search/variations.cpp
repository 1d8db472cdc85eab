#include "search/variations.hpp"

namespace octet::search {
namespace {

Variation estimator(const std::string& name, std::optional<StatisticsType> low,
                    std::optional<StatisticsType> high, AggregatorType low_aggregator,
                    AggregatorType high_aggregator) {
  return {"activations_range_estimator_params=" + name, [=](QuantizeOptions& options) {
            auto& wanted = options.advanced.activations_range_estimator_params;
            wanted.min = {low, low_aggregator, {}};
            wanted.max = {high, high_aggregator, {}};
          }};
}

std::vector<Variation> estimators() {
  using enum AggregatorType;
  return {
      estimator("MINMAX", StatisticsType::min, StatisticsType::max, min, max),
      estimator("MEAN_QUANTILE", StatisticsType::quantile, StatisticsType::quantile, mean, mean),
      estimator("HISTOGRAM", {}, {}, histogram, histogram),
      estimator("MSE", {}, {}, mse, mse),
  };
}

Variation other_preset(const QuantizeOptions& resolved) {
  if (resolved.preset == Preset::mixed)
    return {"preset=performance",
            [](QuantizeOptions& options) { options.preset = Preset::performance; }};
  return {"preset=mixed", [](QuantizeOptions& options) { options.preset = Preset::mixed; }};
}

Variation transformer() {
  return {"model_type=transformer",
          [](QuantizeOptions& options) { options.model_type = ModelType::transformer; }};
}

std::vector<Variation> smooth_quant() {
  const auto alpha = [](const char* text, double value) {
    return Variation{
        std::string("smooth_quant_alphas.matmul=") + text,
        [value](QuantizeOptions& options) { options.advanced.smooth_quant_alphas.matmul = value; }};
  };
  return {alpha("-1", -1), alpha("0.5", 0.5), alpha("0.75", 0.75), alpha("0.95", 0.95)};
}

std::vector<Variation> alignment() {
  return {{"disable_channel_alignment=false",
           [](QuantizeOptions& options) { options.advanced.disable_channel_alignment = false; }}};
}

std::vector<Variation> bias_corrections() {
  return {{"disable_bias_correction=true",
           [](QuantizeOptions& options) { options.advanced.disable_bias_correction = true; }},
          {"fast_bias_correction=false", [](QuantizeOptions& options) {
             options.fast_bias_correction = false;
             options.advanced.disable_bias_correction = false;
           }}};
}

}  // namespace

std::vector<std::vector<Variation>> variations(const QuantizeOptions& resolved) {
  return {{other_preset(resolved)}, {transformer()}, smooth_quant(), alignment(), estimators(),
          bias_corrections()};
}

std::vector<QuantizeOptions> combinations(const QuantizeOptions& resolved) {
  // All means that a correction may need; what has none asks for fewer.
  QuantizeOptions all = resolved;
  bias_corrections().back().set(all);
  std::vector<QuantizeOptions> list = {all};
  const auto with = [&](const std::vector<Variation>& alternatives) {
    const std::size_t count = list.size();
    for (const Variation& variation : alternatives)
      for (std::size_t i = 0; i < count; ++i) {
        list.push_back(list[i]);
        variation.set(list.back());
      }
  };
  with({other_preset(resolved)});
  with({transformer()});
  // Of the strengths only whether there is any decides on what is measured.
  with({smooth_quant().front(), smooth_quant().back()});
  with(alignment());
  with(estimators());
  return list;
}

}  // namespace octet::search
