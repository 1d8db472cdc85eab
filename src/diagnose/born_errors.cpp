#include "diagnose/born_errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include <openvino/op/constant.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/subtract.hpp>

#include "core/tensor_values.hpp"
#include "diagnose/powers.hpp"
#include "graph/op_table.hpp"
#include "recipe/apply.hpp"

namespace octet::diagnose {
namespace {

using NodePtr = std::shared_ptr<ov::Node>;
using ov::op::v0::Constant;

/// Puts the rounded selves of layers into the graph in FP32.
class Twins {
 public:
  Twins(const ov::Model& exact, const ov::Model& rounded, Shifts shifts)
      : shifts_(std::move(shifts)) {
    for (const NodePtr& node : exact.get_ordered_ops()) exact_.emplace(name(*node), node);
    for (const NodePtr& node : rounded.get_ordered_ops()) rounded_.emplace(name(*node), node);
  }

  /// The first output of `layer` with its own inputs rounded; null where none is.
  ov::Output<ov::Node> of(const NodePtr& layer) {
    const auto found = rounded_.find(name(*layer));
    if (found == rounded_.end() || is_mover(*layer)) return {};
    bool is_rounded = false;
    const ov::OutputVector inputs = inputs_of(*found->second, *layer, is_rounded);
    if (!is_rounded) return {};
    return shifted(layer->clone_with_new_inputs(inputs)->output(0), *layer, shifts_);
  }

 private:
  static const std::string& name(const ov::Node& node) { return node.get_friendly_name(); }

  /// Operations that only move values round nothing: a quantizer before them belongs to the layers
  /// behind.
  static bool is_mover(const ov::Node& node) {
    const graph::Trait trait = graph::row(graph::find_op(node.get_type_name())).trait;
    return trait == graph::Trait::agnostic || trait == graph::Trait::concat;
  }

  /// Whether nothing that the user gives comes into it, through any input.
  bool is_constant(const ov::Node* node) {
    const auto known = constant_.find(node);
    if (known != constant_.end()) return known->second;
    bool result = !ov::is_type<ov::op::v0::Parameter>(node) &&
                  (node->get_input_size() > 0 || ov::is_type<Constant>(node));
    for (const auto& input : node->input_values()) result = result && is_constant(input.get_node());
    return constant_[node] = result;
  }

  /// What `rounded` reads, made from tensors of the exact graph.
  ov::OutputVector inputs_of(const ov::Node& rounded, const ov::Node& exact, bool& is_rounded) {
    ov::OutputVector inputs;
    for (std::size_t i = 0; i < rounded.get_input_size(); ++i)
      inputs.push_back(input_of(rounded.input_value(i), exact.input_value(i), is_rounded));
    return inputs;
  }

  ov::Output<ov::Node> input_of(const ov::Output<ov::Node>& rounded,
                                const ov::Output<ov::Node>& exact, bool& is_rounded) {
    const NodePtr source = rounded.get_node_shared_ptr();
    if (is_constant(source.get())) {
      if (exact_.count(name(*source)) != 0) return exact;
      is_rounded = true;  // integers with their scale
      return rounded;
    }
    if (ov::is_type<ov::op::v0::FakeQuantize>(source) && exact_.count(name(*source)) == 0) {
      is_rounded = true;
      ov::OutputVector inputs = source->input_values();
      inputs[0] = exact;
      return source->clone_with_new_inputs(inputs)->output(0);
    }
    const auto mover = exact_.find(name(*source));
    if (mover == exact_.end() || !is_mover(*source)) return exact;
    bool moves_rounded = false;
    const ov::OutputVector inputs = inputs_of(*source, *mover->second, moves_rounded);
    if (!moves_rounded) return exact;
    is_rounded = true;
    return source->clone_with_new_inputs(inputs)->output(rounded.get_index());
  }

  std::unordered_map<std::string, NodePtr> exact_, rounded_;
  Shifts shifts_;
  std::unordered_map<const ov::Node*, bool> constant_;
};

bool is_float(const ov::Output<ov::Node>& output) {
  return output.get_element_type().is_real();
}

}  // namespace

std::vector<LayerError> born_errors(const Model& model, const std::vector<Edit>& edits,
                                    const std::vector<runtime::Tensors>& samples,
                                    std::size_t threads) {
  Shifts shifts;
  for (const Edit& edit : edits)
    if (const auto* shift = std::get_if<ShiftBias>(&edit)) shifts[shift->node] = shift->shift;
  return born_errors(*recipe::apply_edits(model, recipe::structural_edits(edits)).graph,
                     *recipe::apply_edits(model, edits).graph, shifts, samples, threads);
}

std::vector<LayerError> born_errors(const ov::Model& exact, const ov::Model& rounded,
                                    const Shifts& shifts,
                                    const std::vector<runtime::Tensors>& samples,
                                    std::size_t threads) {
  Twins twins(exact, rounded, shifts);
  std::vector<LayerError> errors;
  ov::ResultVector results;
  for (const NodePtr& layer : exact.get_ordered_ops()) {
    if (layer->get_output_size() == 0 || !is_float(layer->output(0)) ||
        ov::is_type<ov::op::v0::Result>(layer))
      continue;
    const ov::Output<ov::Node> twin = twins.of(layer);
    if (!twin.get_node()) continue;
    errors.push_back({layer->get_friendly_name(), 0});
    results.push_back(sum_of_squares(layer->output(0)));
    results.push_back(
        sum_of_squares(std::make_shared<ov::op::v1::Subtract>(twin, layer->output(0))));
  }
  if (errors.empty()) return errors;
  const auto graph = std::make_shared<ov::Model>(results, exact.get_sinks(), exact.get_parameters(),
                                                 exact.get_variables());
  std::vector<double> sums(results.size(), 0);
  for (const runtime::Tensors& outputs : runtime::run_samples(graph, samples, threads))
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += core::values_of(outputs[i]).at(0);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const double signal = sums[2 * i], noise = sums[2 * i + 1];
    errors[i].sqnr_db =
        noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
  }
  std::ranges::stable_sort(errors, {}, &LayerError::sqnr_db);
  return errors;
}

}  // namespace octet::diagnose
