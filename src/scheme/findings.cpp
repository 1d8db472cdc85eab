#include "scheme/findings.hpp"

#include <openvino/op/util/multi_subgraph_base.hpp>

namespace octet::scheme {
namespace {

using graph::Op;

int layers_in(const ov::Model& body) {
  int count = 0;
  for (const auto& node : body.get_ordered_ops()) {
    const Op op = graph::find_op(node->get_type_name());
    count += graph::is_class(op, graph::op_class::linear | graph::op_class::recurrent);
    if (const auto* inner = dynamic_cast<const ov::op::util::MultiSubGraphOp*>(node.get()))
      for (const auto& function : inner->get_functions()) count += layers_in(*function);
  }
  return count;
}

/// Integers behind the weight of `node`, or a fake quantize on any of its inputs.
bool is_quantized(const graph::Graph& graph, int node) {
  for (const int edge : graph.in[node]) {
    int source = graph.edges[edge].source;
    if (graph.op[source] == Op::FakeQuantize) return true;
    if (!graph.is_constant[source] || !graph.edges[edge].is_float) continue;
    while (!graph.in[source].empty()) {
      if (graph.op[source] == Op::FakeQuantize) return true;
      source = graph.edges[graph.in[source][0]].source;
    }
    if (graph.nodes[source]->get_output_element_type(0).is_integral_number()) return true;
  }
  return false;
}

}  // namespace

std::vector<Diagnostic> find_limits(const graph::Graph& graph, const SourceMap& sources) {
  std::vector<Diagnostic> diagnostics;
  int quantized = 0, first_quantized = -1;
  for (int node = 0; node < graph.size(); ++node) {
    if (graph::is_class(graph.op[node], graph::op_class::linear) && is_quantized(graph, node) &&
        quantized++ == 0)
      first_quantized = node;
    const auto* control =
        dynamic_cast<const ov::op::util::MultiSubGraphOp*>(graph.nodes[node].get());
    if (!control) continue;
    int layers = 0;
    for (const auto& body : control->get_functions()) layers += layers_in(*body);
    if (layers > 0)
      diagnostics.push_back(
          {Diagnostic::Severity::warning, "scheme", "control_flow_left",
           sources.describe(graph.name(node)),
           "its body holds " + std::to_string(layers) + " layers, which stay in floating point",
           "Export the model without control flow, for the branch or number of steps that is "
           "used"});
  }
  if (quantized > 0)
    diagnostics.push_back({Diagnostic::Severity::warning, "scheme", "already_quantized",
                           sources.describe(graph.name(first_quantized)),
                           std::to_string(quantized) + " layers are quantized already",
                           "Start from the model in floating point"});
  return diagnostics;
}

}  // namespace octet::scheme
