#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "graph/op_table.hpp"

namespace octet::graph {

/// Lists of integers, one list a key, in one block of memory.
class Lists {
 public:
  Lists() = default;
  /// Item i goes to the list of `keys[i]`; the order is kept. Negative keys are left out.
  Lists(const std::vector<int>& keys, int key_count);
  std::span<const int> operator[](int key) const {
    return {items_.data() + begin_[key], items_.data() + begin_[key + 1]};
  }

 private:
  std::vector<int> begin_, items_;
};

/// Input `input` of `node` reads output `output` of `source`.
struct Edge {
  int source, output, node, input;
  bool is_float;  ///< the tensor's element type
};

/// An `ov::Model` as flat arrays. Nodes are numbered in topological order.
struct Graph {
  std::vector<std::shared_ptr<ov::Node>> nodes;
  std::vector<Op> op;
  std::vector<Edge> edges;        ///< by (node, input)
  Lists in, out;                  ///< edges of a node; `out` by (node, input) of the reader
  std::vector<char> is_constant;  ///< follows from constants alone
  /// Computed from the model's data: neither constant nor arithmetic on shapes. Quantizers are
  /// placed among these only.
  std::vector<char> is_active;

  int size() const { return static_cast<int>(nodes.size()); }
  const std::string& name(int node) const { return nodes[node]->get_friendly_name(); }
  bool is_active_edge(int edge) const {
    return is_active[edges[edge].source] && is_active[edges[edge].node];
  }
};

Graph flatten(const ov::Model& model);

}  // namespace octet::graph
