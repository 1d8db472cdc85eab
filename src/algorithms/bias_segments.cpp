#include "algorithms/bias_segments.hpp"

#include <algorithm>
#include <cmath>

#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/reduce_mean.hpp>
#include <openvino/op/result.hpp>

#include "recipe/workspace.hpp"

namespace octet::algorithms {
namespace {

using NodePtr = std::shared_ptr<ov::Node>;
using Tensor = ov::Output<ov::Node>;
using ov::op::v0::Parameter;

NodePtr mean_over_channels(const Tensor& tensor, const recipe::WeightedOp& op) {
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < op.rank; ++axis)
    if (axis != op.output_axis) axes.push_back(static_cast<std::int64_t>(axis));
  return std::make_shared<ov::op::v1::ReduceMean>(
      std::make_shared<ov::op::v0::Convert>(tensor, ov::element::f32),
      ov::op::v0::Constant::create(ov::element::i64, {axes.size()}, axes), false);
}

/// A layer with the input that shifts its bias.
struct Shifted {
  BiasLayer layer;
  std::size_t level = 0;
  std::shared_ptr<Parameter> shift;
  Tensor output;
};

/// The graph with its shifts, and where each node belongs.
class Leveled {
 public:
  Leveled(const std::shared_ptr<ov::Model>& graph, const std::set<std::string>& wanted)
      : graph_(graph) {
    for (const NodePtr& node : graph->get_ordered_ops())
      if (wanted.count(node->get_friendly_name()) != 0) add_shift(bias_layer_at(node).value());
    ov::ParameterVector parameters = graph->get_parameters();
    for (const Shifted& one : layers_) parameters.push_back(one.shift);
    graph_ = std::make_shared<ov::Model>(graph->get_results(), graph->get_sinks(), parameters,
                                         graph->get_variables());
    order_ = graph_->get_ordered_ops();
    for (const NodePtr& node : order_) place(node);
    for (Shifted& one : layers_) {
      one.level = level_.at(one.output.get_node());
      deepest_ = std::max(deepest_, one.level);
    }
  }

  std::size_t deepest() const { return deepest_; }

  /// The part of the levels from `first` to before `end`.
  BiasSegment segment(std::size_t first, std::size_t end) const {
    BiasSegment segment;
    std::map<Tensor, Tensor> copies;
    ov::ParameterVector parameters, shifts;
    const auto copy_of = [&](const Tensor& tensor) {
      const auto found = copies.find(tensor);
      if (found != copies.end()) return found->second;
      if (constant_.count(tensor.get_node()) != 0) return tensor;
      parameters.push_back(
          std::make_shared<Parameter>(tensor.get_element_type(), tensor.get_partial_shape()));
      segment.reads.push_back(tensor);
      return copies[tensor] = parameters.back()->output(0);
    };
    for (const Shifted& one : layers_) {
      if (one.level < first || one.level >= end) continue;
      shifts.push_back(std::make_shared<Parameter>(one.shift->get_element_type(),
                                                   one.shift->get_partial_shape()));
      copies[one.shift->output(0)] = shifts.back()->output(0);
      segment.layers.push_back(one.layer);
      segment.levels.push_back(one.level);
    }
    for (const NodePtr& node : order_) {
      const std::size_t level = level_.at(node.get());
      if (ov::is_type<Parameter>(node) || ov::is_type<ov::op::v0::Result>(node) ||
          constant_.count(node.get()) != 0 || level < first || level >= end)
        continue;
      ov::OutputVector inputs;
      for (const Tensor& input : node->input_values()) inputs.push_back(copy_of(input));
      const NodePtr copy = node->clone_with_new_inputs(inputs);
      copy->set_friendly_name(node->get_friendly_name());
      copy->get_rt_info() = node->get_rt_info();
      for (std::size_t i = 0; i < node->get_output_size(); ++i) {
        copies[node->output(i)] = copy->output(i);
        if (is_read_from(node->output(i), end)) segment.writes.push_back(node->output(i));
      }
    }
    ov::ResultVector results;
    for (const Shifted& one : layers_)
      if (one.level >= first && one.level < end)
        results.push_back(std::make_shared<ov::op::v0::Result>(
            mean_over_channels(copies.at(one.output), one.layer.op)));
    for (const Tensor& tensor : segment.writes)
      results.push_back(std::make_shared<ov::op::v0::Result>(copies.at(tensor)));
    parameters.insert(parameters.end(), shifts.begin(), shifts.end());
    segment.graph = std::make_shared<ov::Model>(results, parameters);
    return segment;
  }

  /// All of it as it is, with its states.
  BiasSegment whole() const {
    BiasSegment segment;
    ov::ResultVector results;
    for (const Shifted& one : layers_) {
      segment.layers.push_back(one.layer);
      segment.levels.push_back(one.level);
      results.push_back(
          std::make_shared<ov::op::v0::Result>(mean_over_channels(one.output, one.layer.op)));
    }
    const ov::ParameterVector& parameters = graph_->get_parameters();
    for (std::size_t i = 0; i + layers_.size() < parameters.size(); ++i)
      segment.reads.push_back(parameters[i]->output(0));
    segment.graph = std::make_shared<ov::Model>(results, graph_->get_sinks(), parameters,
                                                graph_->get_variables());
    return segment;
  }

 private:
  void add_shift(BiasLayer layer) {
    const auto readers = layer.output.get_target_inputs();
    const auto shift = std::make_shared<Parameter>(
        layer.output.get_element_type(),
        recipe::channel_shape(layer.op.rank, layer.op.output_axis, layer.op.output_channels));
    const auto shifted = std::make_shared<ov::op::v1::Add>(layer.output, shift);
    for (ov::Input<ov::Node> reader : readers) reader.replace_source_output(shifted);
    ends_.insert(shifted.get());
    layers_.push_back({std::move(layer), 0, shift, shifted->output(0)});
  }

  void place(const NodePtr& node) {
    std::size_t level = 0;
    bool is_constant = node->get_input_size() > 0 || ov::is_type<ov::op::v0::Constant>(node);
    for (const Tensor& input : node->input_values()) {
      level = std::max(level, level_.at(input.get_node()) + ends_.count(input.get_node()));
      is_constant = is_constant && constant_.count(input.get_node()) != 0;
    }
    level_[node.get()] = level;
    if (is_constant) constant_.insert(node.get());
  }

  bool is_read_from(const Tensor& tensor, std::size_t level) const {
    return std::ranges::any_of(tensor.get_target_inputs(), [&](const ov::Input<ov::Node>& use) {
      return !ov::is_type<ov::op::v0::Result>(use.get_node()) && level_.at(use.get_node()) >= level;
    });
  }

  std::shared_ptr<ov::Model> graph_;
  ov::NodeVector order_;
  std::vector<Shifted> layers_;
  std::set<const ov::Node*> ends_;  ///< shifted outputs
  std::map<const ov::Node*, std::size_t> level_;
  std::set<const ov::Node*> constant_;  ///< that depend on no input
  std::size_t deepest_ = 0;
};

}  // namespace

std::optional<BiasLayer> bias_layer_at(const NodePtr& node) {
  const auto op = recipe::weighted_op(*node);
  if (!op) return std::nullopt;
  const recipe::Bias bias = recipe::find_bias(node, op->rank, op->output_axis, op->output_channels);
  return BiasLayer{node->get_friendly_name(), *op,
                   bias.add ? bias.add->output(0) : node->output(0)};
}

std::vector<BiasSegment> bias_segments(const std::shared_ptr<ov::Model>& graph,
                                       const std::set<std::string>& wanted) {
  const bool has_states = !graph->get_variables().empty();
  const Leveled leveled(graph, wanted);
  if (has_states) return {leveled.whole()};
  const std::size_t levels = leveled.deepest() + 1;
  // Every level is one run of its part: with n levels in parts of sqrt(n), as much is run in all as
  // sqrt(n) runs of the whole.
  const auto length = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(levels))));
  std::vector<BiasSegment> segments;
  for (std::size_t first = 0; first < levels; first += length)
    segments.push_back(leveled.segment(first, std::min(levels, first + length)));
  return segments;
}

}  // namespace octet::algorithms
