#include "graph/graph.hpp"

#include <unordered_map>

#include <openvino/op/util/op_types.hpp>

namespace octet::graph {
namespace {

/// Groups equal the channels of the input: every channel has its own filters.
bool is_depthwise(const ov::Node& convolution) {
  const ov::PartialShape& data = convolution.get_input_partial_shape(0);
  const ov::PartialShape& weight = convolution.get_input_partial_shape(1);
  if (data.rank().is_dynamic() || data.size() < 2 || weight.rank().is_dynamic()) return false;
  return data[1].is_static() && weight[0].is_static() && data[1] == weight[0] &&
         data[1].get_length() > 1;
}

Op classify(const ov::Node& node, bool first_input_is_constant) {
  const Op op = find_op(node.get_type_name());
  if (op == Op::GroupConvolution && is_depthwise(node)) return Op::DepthwiseConvolution;
  if (op == Op::Gather && first_input_is_constant && node.get_input_element_type(0).is_real())
    return Op::Embedding;
  return op;
}

/// What a float path of shape arithmetic may feed and still count as data: initial states and
/// generated weights.
bool reads_generated_data(Op op) {
  return op == Op::Convolution || op == Op::LSTMSequence;
}

/// Marks what is reached from the model's data without passing a ShapeOf.
void mark_active(Graph& graph) {
  for (int node = 0; node < graph.size(); ++node) {
    const Op op = graph.op[node];
    // Indices of an embedding may come from shapes: positions in a sentence.
    bool active = op == Op::Parameter || op == Op::ReadValue ||
                  (op == Op::Embedding && !graph.is_constant[node]);
    for (const int edge : graph.in[node])
      active |= op != Op::ShapeOf && graph.is_active[graph.edges[edge].source];
    graph.is_active[node] = active;
  }
  std::vector<char> generates(graph.nodes.size(), 0);
  for (int node = graph.size() - 1; node >= 0; --node) {
    if (!generates[node] && !(graph.is_active[node] && reads_generated_data(graph.op[node])))
      continue;
    for (const int e : graph.in[node]) {
      const Edge& edge = graph.edges[e];
      if (edge.is_float && !graph.is_active[edge.source] && !graph.is_constant[edge.source])
        generates[edge.source] = 1;
    }
  }
  for (int node = 0; node < graph.size(); ++node) graph.is_active[node] |= generates[node];
}

}  // namespace

Lists::Lists(const std::vector<int>& keys, int key_count) : begin_(key_count + 1, 0) {
  for (const int key : keys)
    if (key >= 0) ++begin_[key + 1];
  for (int key = 0; key < key_count; ++key) begin_[key + 1] += begin_[key];
  items_.resize(begin_[key_count]);
  std::vector<int> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] >= 0) items_[next[keys[i]]++] = static_cast<int>(i);
}

Graph flatten(const ov::Model& model) {
  Graph graph;
  graph.nodes = model.get_ordered_ops();
  std::unordered_map<const ov::Node*, int> index;
  index.reserve(graph.nodes.size());
  for (int i = 0; i < graph.size(); ++i) index.emplace(graph.nodes[i].get(), i);

  std::vector<int> sources, readers;
  for (int i = 0; i < graph.size(); ++i) {
    const ov::Node& node = *graph.nodes[i];
    const bool is_leaf = ov::op::util::is_constant(&node);
    bool constant = is_leaf || node.get_input_size() > 0;
    for (std::size_t input = 0; input < node.get_input_size(); ++input) {
      const ov::Output<ov::Node> value = node.input_value(input);
      const int source = index.at(value.get_node());
      graph.edges.push_back({source, static_cast<int>(value.get_index()), i,
                             static_cast<int>(input), value.get_element_type().is_real()});
      sources.push_back(source);
      readers.push_back(i);
      constant &= static_cast<bool>(graph.is_constant[source]);
    }
    // A state is no constant, whatever it starts from.
    if (ov::op::util::is_sink(&node) || std::string_view(node.get_type_name()) == "ReadValue")
      constant = false;
    graph.is_constant.push_back(constant);
    const bool first_constant =
        node.get_input_size() > 0 && graph.is_constant[index.at(node.get_input_node_ptr(0))];
    graph.op.push_back(classify(node, first_constant));
  }
  graph.in = Lists(readers, graph.size());
  graph.out = Lists(sources, graph.size());
  graph.is_active.assign(graph.nodes.size(), 0);
  mark_active(graph);
  return graph;
}

}  // namespace octet::graph
