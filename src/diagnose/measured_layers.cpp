#include "diagnose/measured_layers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <openvino/op/constant.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/subtract.hpp>

#include "core/tensor_values.hpp"
#include "octet/quantizers.hpp"
#include "statistics/observer.hpp"

namespace octet::diagnose {
namespace {

using NodePtr = std::shared_ptr<ov::Node>;
using statistics::SharedDistribution;

constexpr std::size_t bins = 64;

std::unordered_map<std::string, NodePtr> by_name(const ov::Model& graph) {
  std::unordered_map<std::string, NodePtr> nodes;
  for (const NodePtr& node : graph.get_ordered_ops())
    nodes.emplace(node->get_friendly_name(), node);
  return nodes;
}

/// Lets what reads the inputs of `second` read those of `first`.
void share_inputs(const ov::Model& first, const ov::Model& second) {
  for (std::size_t i = 0; i < first.inputs().size(); ++i)
    for (auto use : second.get_parameters()[i]->output(0).get_target_inputs())
      use.replace_source_output(first.get_parameters()[i]->output(0));
}

bool is_compared(const ov::Node& node) {
  return node.get_output_size() != 0 && node.output(0).get_element_type().is_real() &&
         !ov::is_type<ov::op::v0::Constant>(&node) && !ov::is_type<ov::op::v0::Result>(&node) &&
         !ov::is_type<ov::op::v0::Parameter>(&node);
}

TensorFacts facts_of(const Quantizer& quantizer, const statistics::LogHistogram& histogram) {
  TensorFacts facts;
  facts.quantizer = quantizer.name;
  facts.tensor = quantizer.tensor;
  facts.layers = quantizer.layers;
  facts.levels = quantizer.levels;
  facts.ranges = quantizer.scale.size();
  const auto widest =
      static_cast<std::size_t>(std::ranges::max_element(quantizer.scale) - quantizer.scale.begin());
  facts.scale = quantizer.scale[widest];
  facts.zero_point = quantizer.zero_point[widest];
  facts.low = -facts.zero_point * facts.scale;
  facts.high = facts.low + static_cast<double>(facts.levels - 1) * facts.scale;
  facts.values = histogram.total();
  const auto buckets = histogram.buckets();
  if (buckets.empty()) return facts;
  facts.smallest = buckets.front().low;
  facts.largest = buckets.back().high;
  facts.first = std::min(facts.smallest, facts.low);
  facts.last = std::max(facts.largest, facts.high);
  facts.counts.assign(bins, 0);
  const double width = (facts.last - facts.first) / bins;
  std::uint64_t outside = 0;
  for (const auto& bucket : buckets) {
    if (bucket.low > facts.high || bucket.high < facts.low) outside += bucket.count;
    const double middle = (static_cast<double>(bucket.low) + bucket.high) / 2;
    const double bin = width > 0 ? (middle - facts.first) / width : 0;
    facts.counts[std::min(static_cast<std::size_t>(std::max(bin, 0.0)), bins - 1)] += bucket.count;
  }
  facts.clipped = static_cast<double>(outside) / static_cast<double>(facts.values);
  return facts;
}

/// A graph in the making: what is measured of it, as results.
class Measuring {
 public:
  /// Compares the outputs of all nodes that the graphs share. They read the same inputs.
  void compare(const ov::Model& exact, const ov::Model& rounded, const Shifts& shifts) {
    const auto others = by_name(rounded);
    for (const NodePtr& node : exact.get_ordered_ops()) {
      const auto found = others.find(node->get_friendly_name());
      if (found == others.end() || !is_compared(*node)) continue;
      const ov::Output<ov::Node> a = node->output(0), b = found->second->output(0);
      if (a.get_element_type() != b.get_element_type() ||
          !a.get_partial_shape().compatible(b.get_partial_shape()))
        continue;
      names_.push_back(node->get_friendly_name());
      results_.push_back(sum_of_squares(a));
      results_.push_back(
          sum_of_squares(std::make_shared<ov::op::v1::Subtract>(shifted(b, *node, shifts), a)));
    }
  }

  /// Observes the values that the fake quantizes of `rounded` round, in `exact`.
  void observe(const ov::Model& exact, const ov::Model& rounded,
               const std::vector<Quantizer>& quantizers) {
    const auto nodes = by_name(exact), others = by_name(rounded);
    const auto spent = std::make_shared<statistics::Observer::Spent>(0);
    for (const Quantizer& quantizer : quantizers) {
      const auto found = nodes.find(quantizer.tensor);
      if (quantizer.kind != Quantizer::Kind::activation || found == nodes.end()) continue;
      const std::size_t output = others.at(quantizer.name)->input_value(0).get_index();
      if (!found->second->output(output).get_element_type().is_real()) continue;
      observed_.push_back({quantizer, std::make_shared<SharedDistribution>()});
      statistics::Measures measures;
      measures.distribution = true;
      results_.push_back(
          std::make_shared<ov::op::v0::Result>(std::make_shared<statistics::Observer>(
              found->second->output(output), static_cast<std::int64_t>(observed_.size()), measures,
              observed_.back().distribution, spent)));
    }
  }

  MeasuredLayers run(const ov::Model& exact, const std::vector<runtime::Tensors>& samples,
                     std::size_t threads) const {
    MeasuredLayers measured;
    if (results_.empty()) return measured;
    const auto graph = std::make_shared<ov::Model>(results_, exact.get_sinks(),
                                                   exact.get_parameters(), exact.get_variables());
    std::vector<double> sums(2 * names_.size(), 0);
    for (const runtime::Tensors& outputs : runtime::run_samples(graph, samples, threads))
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += core::values_of(outputs[i]).at(0);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const double signal = sums[2 * i], noise = sums[2 * i + 1];
      const double ratio =
          noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
      if (std::isfinite(noise) && !std::isnan(ratio)) measured.sqnr_db[names_[i]] = ratio;
    }
    for (const auto& [quantizer, distribution] : observed_)
      measured.tensors.push_back(facts_of(quantizer, distribution->total()));
    return measured;
  }

 private:
  struct Observed {
    Quantizer quantizer;
    std::shared_ptr<SharedDistribution> distribution;
  };
  std::vector<std::string> names_;
  ov::ResultVector results_;
  std::vector<Observed> observed_;
};

}  // namespace

MeasuredLayers measure_layers(const ov::Model& exact, const ov::Model& rounded,
                              const Shifts& shifts, const std::vector<runtime::Tensors>& samples,
                              std::size_t threads) {
  const auto first = exact.clone(), second = rounded.clone();
  Measuring measuring;
  // Two copies of a state would have one name.
  if (first->get_variables().empty() && second->get_variables().empty()) {
    share_inputs(*first, *second);
    measuring.compare(*first, *second, shifts);
  }
  measuring.observe(*first, rounded, quantizers_of(Model{second, {}, "", "", {}}));
  return measuring.run(*first, samples, threads);
}

}  // namespace octet::diagnose
