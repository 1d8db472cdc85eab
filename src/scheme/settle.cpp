#include "scheme/settle.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "scheme/accumulator_adds.hpp"
#include "scheme/merge.hpp"

namespace octet::scheme {
namespace {

using graph::Graph;
using graph::Trait;

bool is_float(const Graph& graph, const graph::View& view, int edge) {
  return graph.edges[view.edges[edge].edges[0]].is_float;
}

/// Quantizing one operand alone, the other being constant, costs time and saves none.
void remove_lone_operands(const Graph& graph, const Units& units,
                          std::vector<Quantizer>& quantizers) {
  const auto is_lone = [&](const Quantizer& quantizer) {
    if (quantizer.reader_count != 1 || quantizer.path > 1) return false;
    if (!graph::is_class(units.view.op[quantizer.reader],
                         graph::op_class::elementwise | graph::op_class::batch_norm))
      return false;
    const auto inputs = units.view.in[quantizer.reader];
    return std::count_if(inputs.begin(), inputs.end(),
                         [&](int edge) { return is_float(graph, units.view, edge); }) == 1;
  };
  std::erase_if(quantizers, is_lone);
}

bool accepts(const QuantizerSpec& activation, const QuantizerSpec& weight) {
  QuantizerSpec wanted = activation;
  if (!wanted.signedness_to_force) wanted.signedness_to_force = weight.signedness_to_force;
  return wanted == weight;
}

/// Rows of a quantized weight need no quantizer of their own, where one quantizer fits both.
void use_embedding_weights(const Units& units, std::vector<Quantizer>& quantizers,
                           std::vector<WeightChoice>& weights) {
  std::map<int, WeightChoice*> weight_of;  // by unit
  for (WeightChoice& weight : weights) weight_of.emplace(units.unit_of[weight.node], &weight);
  std::vector<char> gone(quantizers.size(), 0);
  for (std::size_t i = 0; i < quantizers.size(); ++i) {
    Quantizer& quantizer = quantizers[i];
    const auto found = weight_of.find(quantizer.embedding);
    if (quantizer.embedding < 0 || found == weight_of.end()) continue;
    const auto in_group = [&](const Quantizer& other) {
      return &other == &quantizer || (quantizer.group >= 0 && other.group == quantizer.group);
    };
    // A weight has a range of its own, so it can't stand for a group of quantizers.
    if (std::count_if(quantizers.begin(), quantizers.end(), in_group) > 1) continue;
    SpecList common;
    for (const QuantizerSpec& weight : found->second->specs) {
      if (weight.per_channel) continue;
      if (std::any_of(quantizer.specs.begin(), quantizer.specs.end(),
                      [&](const QuantizerSpec& spec) { return accepts(spec, weight); }))
        common.push_back(weight);
    }
    if (common.empty()) continue;
    found->second->specs = std::move(common);
    gone[i] = 1;
  }
  std::size_t i = 0;
  std::erase_if(quantizers, [&](const Quantizer&) { return gone[i++] != 0; });
}

/// One range for a group needs one kind of quantizer, per tensor.
void split_groups(std::vector<Quantizer>& quantizers) {
  using Key = std::tuple<int, int, QuantizationMode, bool, int>;
  std::map<Key, int> ids;
  for (Quantizer& quantizer : quantizers) {
    if (quantizer.group < 0) continue;
    const QuantizerSpec& spec = quantizer.specs.front();
    if (spec.per_channel) {
      quantizer.group = -1;
      continue;
    }
    const int sign = spec.signedness_to_force ? 1 + *spec.signedness_to_force : 0;
    quantizer.group =
        ids.emplace(Key{quantizer.group, spec.bits, spec.mode, spec.narrow_range, sign},
                    static_cast<int>(ids.size()))
            .first->second;
  }
}

/// Both operands of a matmul of activations are symmetric in a transformer: a zero point on them
/// would cost as much as the matmul.
void make_dynamic_matmuls_symmetric(std::vector<Quantizer>& quantizers) {
  std::map<int, bool> groups;
  for (const Quantizer& quantizer : quantizers)
    if (quantizer.group >= 0) groups[quantizer.group] |= quantizer.feeds_dynamic_matmul;
  for (Quantizer& quantizer : quantizers)
    if (quantizer.feeds_dynamic_matmul || (quantizer.group >= 0 && groups[quantizer.group]))
      quantizer.specs.front().mode = QuantizationMode::symmetric;
}

/// Walks quantized values downstream. `visit(quantizer, upstream)` is called for every quantizer,
/// with the one whose codes reach it or -1, and tells which of the two counts from there on.
template <typename Visit>
void walk(const Graph& graph, const Units& units, const std::vector<Quantizer>& quantizers,
          const Visit& visit) {
  const graph::View& view = units.view;
  std::vector<int> on_unit(view.op.size(), -1), on_edge(view.edges.size(), -1);
  for (int i = 0; i < static_cast<int>(quantizers.size()); ++i)
    (quantizers[i].unit >= 0 ? on_unit[quantizers[i].unit] : on_edge[quantizers[i].edge]) = i;

  std::vector<int> behind(view.op.size(), -1), at_edge(view.edges.size(), -1);
  for (int unit = 0; unit < view.size(); ++unit) {
    int common = -1;
    bool first = true;
    for (const int edge : view.in[unit]) {
      if (!is_float(graph, view, edge)) continue;
      at_edge[edge] = behind[view.edges[edge].source];
      if (on_edge[edge] >= 0) at_edge[edge] = visit(on_edge[edge], at_edge[edge]);
      common = first || common == at_edge[edge] ? at_edge[edge] : -1;
      first = false;
    }
    behind[unit] = units.traits.trait[unit] == Trait::agnostic ? common : -1;
    if (on_unit[unit] >= 0) behind[unit] = visit(on_unit[unit], behind[unit]);
  }
}

void remove_redundant(const Graph& graph, const Units& units, std::vector<Quantizer>& quantizers) {
  std::vector<char> gone(quantizers.size(), 0);
  walk(graph, units, quantizers, [&](int own, int upstream) {
    if (upstream < 0 ||
        !is_redundant(quantizers[upstream].specs.front(), quantizers[own].specs.front()))
      return own;
    gone[own] = 1;
    Quantizer& kept = quantizers[upstream];
    kept.feeds_dynamic_matmul |= quantizers[own].feeds_dynamic_matmul;
    if (kept.group < 0) kept.group = quantizers[own].group;
    return upstream;
  });
  std::size_t i = 0;
  std::erase_if(quantizers, [&](const Quantizer&) { return gone[i++] != 0; });
}

}  // namespace

void settle(const Graph& graph, const Units& units, const Settings& settings,
            std::vector<Quantizer>& quantizers, std::vector<WeightChoice>& weights) {
  remove_lone_operands(graph, units, quantizers);
  use_embedding_weights(units, quantizers, weights);
  for (Quantizer& quantizer : quantizers) quantizer.specs.resize(1);
  for (WeightChoice& weight : weights) weight.specs.resize(1);
  split_groups(quantizers);
  remove_redundant(graph, units, quantizers);
  if (settings.is_transformer) make_dynamic_matmuls_symmetric(quantizers);
  if (settings.target->adds_to_accumulator) leave_operands_of_adds(graph, units, quantizers);
}

std::vector<char> carries_codes(const Graph& graph, const Units& units,
                                const std::vector<Quantizer>& quantizers,
                                const std::vector<WeightChoice>& weights) {
  const graph::View& view = units.view;
  std::vector<char> on_unit(view.op.size(), 0), on_edge(view.edges.size(), 0);
  for (const Quantizer& quantizer : quantizers)
    (quantizer.unit >= 0 ? on_unit[quantizer.unit] : on_edge[quantizer.edge]) = 1;
  for (const WeightChoice& weight : weights) {
    const int unit = units.unit_of[weight.node];
    on_unit[unit] |= view.op[unit] == graph::Op::Embedding && !weight.specs.front().per_channel;
  }
  for (int unit = 0; unit < view.size(); ++unit) {
    const Trait trait = units.traits.trait[unit];
    bool all = trait == Trait::agnostic || trait == Trait::concat;
    for (const int edge : view.in[unit]) {
      on_edge[edge] |= on_unit[view.edges[edge].source];
      all &= on_edge[edge] || !is_float(graph, view, edge);
    }
    on_unit[unit] |= all;
  }
  return on_edge;
}

}  // namespace octet::scheme
