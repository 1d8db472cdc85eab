#include "statistics/memory_plan.hpp"

#include <algorithm>
#include <unordered_map>

#include <openvino/op/clamp.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/squeeze.hpp>
#include <openvino/op/swish.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/unsqueeze.hpp>
#include <openvino/op/util/binary_elementwise_arithmetic.hpp>
#include <openvino/op/util/unary_elementwise_arithmetic.hpp>

namespace octet::statistics {
namespace {

/// Of the compiled model: nodes, kernels, and what the runtime sets aside for them.
constexpr std::size_t base = 8 << 20;
constexpr std::size_t per_node = 12 << 10;
/// Counts that a tensor's values usually touch.
constexpr std::size_t per_distribution = 256 << 10;

std::size_t bytes_of(const ov::Output<ov::Node>& output) {
  const ov::PartialShape& shape = output.get_partial_shape();
  std::size_t size =
      output.get_element_type().is_real() ? sizeof(float) : output.get_element_type().size();
  if (shape.rank().is_static())
    for (const ov::Dimension& dimension : shape)
      if (dimension.is_static()) size *= static_cast<std::size_t>(dimension.get_length());
  return size;
}

/// Whether the runtime gives its output the memory of an input, or makes it part of the node
/// before.
bool is_in_place(const ov::Node& node) {
  return ov::is_type<ov::op::v0::Result>(&node) || ov::is_type<ov::op::v1::Reshape>(&node) ||
         ov::is_type<ov::op::v0::Squeeze>(&node) || ov::is_type<ov::op::v0::Unsqueeze>(&node) ||
         ov::is_type<ov::op::v0::Clamp>(&node) || ov::is_type<ov::op::v4::Swish>(&node) ||
         dynamic_cast<const ov::op::util::UnaryElementwiseArithmetic*>(&node) != nullptr ||
         dynamic_cast<const ov::op::util::BinaryElementwiseArithmetic*>(&node) != nullptr;
}

/// Whether it only measures: an observer, or what leads to it or follows it and nothing else.
bool is_of_observer(const ov::Node& node) {
  if (ov::is_type<Observer>(&node)) return true;
  if (ov::is_type<ov::op::v0::Result>(&node))
    return ov::is_type<Observer>(node.get_input_node_ptr(0));
  if (!ov::is_type<ov::op::v1::Transpose>(&node)) return false;
  const auto readers = node.output(0).get_target_inputs();
  return std::ranges::all_of(
      readers, [](const auto& reader) { return ov::is_type<Observer>(reader.get_node()); });
}

/// The most that tensors take which are alive at the same time. Observers read a tensor as soon as
/// it is there.
std::size_t largest_live_set(const ov::Model& graph) {
  ov::NodeVector order = graph.get_ordered_ops();
  std::erase_if(order, [](const auto& node) {
    return ov::is_type<ov::op::v0::Constant>(node) || is_of_observer(*node);
  });
  std::unordered_map<const ov::Node*, std::size_t> readers, bytes;
  for (const auto& node : order)
    for (const auto& input : node->input_values()) ++readers[input.get_node()];
  std::size_t alive = 0, most = 0;
  for (const auto& node : order) {
    std::size_t& own = bytes[node.get()];
    if (!is_in_place(*node))
      for (const auto& output : node->outputs()) own += bytes_of(output);
    alive += own;
    most = std::max(most, alive);
    for (const auto& input : node->input_values()) {
      const auto found = bytes.find(input.get_node());
      if (found == bytes.end() || --readers[input.get_node()] != 0) continue;
      if (is_in_place(*node))
        bytes[node.get()] += found->second;  // the memory is handed on
      else
        alive -= found->second;
    }
    if (readers[node.get()] == 0) alive -= bytes[node.get()];
  }
  return most;
}

}  // namespace

MemoryNeeds memory_needs(const ov::Model& graph, const std::vector<Watch>& watches,
                         std::size_t keep) {
  MemoryNeeds needs{base, largest_live_set(graph), 0};
  for (const auto& node : graph.get_ordered_ops()) {
    needs.once += per_node;
    if (ov::is_type<ov::op::v0::Constant>(node)) needs.once += bytes_of(node->output(0));
  }
  std::size_t ends = 0;
  for (const auto& parameter : graph.get_parameters()) ends += bytes_of(parameter->output(0));
  for (const auto& result : graph.get_results()) ends += bytes_of(result->output(0));
  needs.per_slot = ends;
  needs.once += keep * ends;
  for (const Watch& watch : watches)
    if (watch.distribution) needs.per_stream += per_distribution;
  return needs;
}

MemoryPlan plan_memory(const MemoryNeeds& needs, std::size_t threads, std::size_t limit) {
  MemoryPlan plan{0, threads, 2 * threads, true};
  while (true) {
    plan.predicted_bytes =
        needs.once + plan.streams * needs.per_stream + plan.samples_in_flight * needs.per_slot;
    if (limit == 0 || plan.predicted_bytes <= limit) return plan;
    if (plan.samples_in_flight > plan.streams) {
      --plan.samples_in_flight;
    } else if (plan.streams > 1) {
      plan.samples_in_flight = --plan.streams;
    } else {
      plan.is_within_limit = false;
      return plan;
    }
  }
}

}  // namespace octet::statistics
