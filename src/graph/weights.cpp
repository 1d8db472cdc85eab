#include "graph/weights.hpp"

#include <algorithm>
#include <utility>

#include <openvino/op/matmul.hpp>

namespace octet::graph {
namespace {

/// Every axis but the one that is summed over, which is the last but one, or the last where the
/// operand is transposed to that.
std::vector<std::size_t> matmul_axes(const ov::Node& node, int input, std::size_t rank) {
  const auto& matmul = dynamic_cast<const ov::op::v0::MatMul&>(node);
  if (rank < 2) return {};
  const bool sums_last = input == 0 ? !matmul.get_transpose_a() : matmul.get_transpose_b();
  const std::size_t summed = sums_last ? rank - 1 : rank - 2;
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis)
    if (axis != summed) axes.push_back(axis);
  return axes;
}

std::vector<std::size_t> channel_axes(Op op, const ov::Node& node, int input, std::size_t rank) {
  switch (op) {
    case Op::Convolution:
      return {0};  // [out, in, ...]
    case Op::ConvolutionBackpropData:
      return {1};  // [in, out, ...]
    case Op::GroupConvolution:
    case Op::DepthwiseConvolution:
      return {0, 1};  // [group, out, in, ...]
    case Op::GroupConvolutionBackpropData:
      return {0, 2};  // [group, in, out, ...]
    case Op::LSTMSequence:
    case Op::GRUSequence:
      return {1};  // [directions, gates * hidden, in]
    case Op::Embedding:
      return {0};  // one scale a row
    case Op::MatMul:
      return matmul_axes(node, input, rank);
    default:
      return {};
  }
}

/// Inputs that may hold weights.
std::pair<int, int> weight_inputs(Op op, int count) {
  switch (op) {
    case Op::LSTMSequence:
      return {0, std::min(count, 6)};
    case Op::GRUSequence:
      return {0, std::min(count, 5)};
    case Op::Embedding:
      return {0, 1};
    case Op::MatMul:
      return {0, 2};
    default:
      return {1, 2};
  }
}

/// The constant that an input is made from, following first inputs; -1 where there is none.
int source_constant(const Graph& graph, int node) {
  while (graph.op[node] != Op::Constant) {
    if (graph.in[node].empty()) return -1;
    node = graph.edges[graph.in[node][0]].source;
  }
  return node;
}

}  // namespace

std::vector<Weight> weights_of(const Graph& graph, int node) {
  std::vector<Weight> weights;
  const auto edges = graph.in[node];
  const auto [first, last] = weight_inputs(graph.op[node], static_cast<int>(edges.size()));
  for (int input = first; input < last; ++input) {
    const Edge& edge = graph.edges[edges[input]];
    if (!graph.is_constant[edge.source] || !edge.is_float) continue;
    const int constant = source_constant(graph, edge.source);
    const ov::PartialShape& shape = graph.nodes[node]->get_input_partial_shape(input);
    if (constant < 0 || shape.rank().is_dynamic() ||
        !graph.nodes[constant]->get_output_element_type(0).is_real())
      continue;
    weights.push_back({input, graph.name(constant),
                       channel_axes(graph.op[node], *graph.nodes[node], input, shape.size())});
  }
  return weights;
}

}  // namespace octet::graph
