#include "scheme/propagation.hpp"

#include <algorithm>

#include <openvino/op/concat.hpp>

#include "scheme/merge.hpp"

namespace octet::scheme {
namespace {

using graph::Op;
using graph::Options;
using graph::Trait;

class Propagation {
 public:
  Propagation(const graph::Graph& graph, const graph::View& view, const UnitTraits& traits,
              PropagationRule rule)
      : graph_(graph),
        view_(view),
        traits_(traits),
        rule_(rule),
        resting_(view.edges.size(), -1),
        is_covered_(view.edges.size(), 0),
        leads_to_unified_(view.op.size(), 0) {}

  std::vector<Quantizer> run() {
    for (int unit = view_.size() - 1; unit >= 0; --unit) {
      note_unified(unit);
      const int arrived = gather(unit);
      const bool covered = all_covered(unit);
      switch (traits_.trait[unit]) {
        case Trait::agnostic:
          pass(unit, arrived);
          for (const int edge : view_.in[unit]) is_covered_[edge] = covered;
          break;
        case Trait::concat:
          if (leads_to_unified_[unit] && view_.in[unit].size() > 1) join_group(arrived);
          pass(unit, arrived);
          for (const int edge : view_.in[unit]) is_covered_[edge] = arrived >= 0;
          break;
        case Trait::embedding:
          if (arrived >= 0) quantizers_[arrived].embedding = unit;
          break;
        case Trait::inputs:
          place(unit);
          break;
        case Trait::none:
          break;
      }
    }
    return finish();
  }

 private:
  bool is_float(int edge) const { return graph_.edges[view_.edges[edge].edges[0]].is_float; }

  /// Some reader of `unit`, possibly behind units that move values, needs one scale for all inputs
  /// of a concatenation.
  void note_unified(int unit) {
    for (const int edge : view_.out[unit]) {
      const int reader = view_.edges[edge].target;
      const Trait trait = traits_.trait[reader];
      const bool passes = trait == Trait::agnostic || view_.op[reader] == Op::Concat;
      leads_to_unified_[unit] |=
          traits_.is_unified[reader] || (passes && leads_to_unified_[reader]);
    }
  }

  bool all_covered(int unit) const {
    const auto readers = view_.out[unit];
    return std::all_of(readers.begin(), readers.end(),
                       [&](int edge) { return is_covered_[edge] != 0; });
  }

  /// The quantizer that arrives on the output of `unit` from its readers, or -1.
  int gather(int unit) {
    const auto readers = view_.out[unit];
    for (const int edge : readers)
      if (!is_float(edge)) return -1;
    std::vector<int> arriving;
    for (const int edge : readers)
      if (resting_[edge] >= 0) arriving.push_back(edge);
    if (arriving.empty() || !all_covered(unit)) {
      if (readers.size() != 1) return -1;
    }
    if (arriving.empty()) return -1;
    if (readers.size() == 1) {
      const int quantizer = lift(arriving[0]);
      quantizers_[quantizer].unit = unit;
      ++quantizers_[quantizer].path;
      return quantizer;
    }
    return merge(unit, arriving);
  }

  int lift(int edge) {
    const int quantizer = resting_[edge];
    resting_[edge] = -1;
    quantizers_[quantizer].edge = -1;
    return quantizer;
  }

  int merge(int unit, const std::vector<int>& edges) {
    std::vector<const SpecList*> lists;
    for (const int edge : edges) lists.push_back(&quantizers_[resting_[edge]].specs);
    std::optional<Merged> merged = merge_branches(lists, rule_);
    if (!merged) return -1;
    Quantizer result;
    result.unit = unit;
    result.specs = std::move(merged->specs);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      Quantizer& branch = quantizers_[resting_[edges[i]]];
      const bool same_reader = result.reader_count == 1 && result.reader == branch.reader;
      // Two reads by one operation count as two, as it then depends on this quantizer alone.
      result.reader_count = std::min(2, result.reader_count + branch.reader_count);
      if (!same_reader) result.reader = branch.reader;
      result.feeds_dynamic_matmul |= branch.feeds_dynamic_matmul;
      if (merged->stays_on[i]) continue;
      if (branch.group >= 0) result.group = unite(result.group, branch.group);
      branch.unit = branch.edge = -1;  // gone: merged
      resting_[edges[i]] = -1;
    }
    quantizers_.push_back(std::move(result));
    return static_cast<int>(quantizers_.size()) - 1;
  }

  /// Whether channels (axis 1) stay channels from the inputs of `unit` to its output.
  bool keeps_channels(int unit) const {
    if (graph::is_class(view_.op[unit], graph::op_class::keeps_channels)) return true;
    const ov::Node* node = graph_.nodes[view_.nodes[unit].front()].get();
    const auto* concat = dynamic_cast<const ov::op::v0::Concat*>(node);
    return concat && concat->get_axis() == 1;
  }

  /// Moves a quantizer from the output of `unit` to each of its floating inputs.
  void pass(int unit, int quantizer) {
    if (quantizer < 0) return;
    SpecList& specs = quantizers_[quantizer].specs;
    const auto is_per_channel = [](const QuantizerSpec& spec) { return spec.per_channel; };
    if (!keeps_channels(unit) && !std::all_of(specs.begin(), specs.end(), is_per_channel))
      std::erase_if(specs, is_per_channel);
    int copies = 0;
    for (const int edge : view_.in[unit]) {
      if (!is_float(edge)) continue;
      int own = quantizer;
      if (copies++ > 0) {
        own = static_cast<int>(quantizers_.size());
        quantizers_.push_back(Quantizer(quantizers_[quantizer]));
      } else {
        quantizers_[own].path += 2;
      }
      quantizers_[own].unit = -1;
      quantizers_[own].edge = edge;
      resting_[edge] = own;
    }
  }

  void join_group(int quantizer) {
    if (quantizer < 0 || quantizers_[quantizer].group >= 0) return;
    quantizers_[quantizer].group = static_cast<int>(parent_.size());
    parent_.push_back(quantizers_[quantizer].group);
  }

  void place(int unit) {
    for (const int edge : view_.in[unit]) {
      const graph::Edge& read = graph_.edges[view_.edges[edge].edges[0]];
      if (!read.is_float || !is_quantizable_input(view_.op[unit], read.input)) continue;
      Quantizer quantizer;
      quantizer.edge = edge;
      quantizer.specs = *traits_.specs[unit];
      quantizer.reader_count = 1;
      quantizer.reader = unit;
      quantizer.feeds_dynamic_matmul = traits_.is_dynamic_matmul[unit];
      resting_[edge] = static_cast<int>(quantizers_.size());
      is_covered_[edge] = 1;
      quantizers_.push_back(std::move(quantizer));
    }
  }

  int find(int group) {
    while (parent_[group] != group) group = parent_[group] = parent_[parent_[group]];
    return group;
  }
  int unite(int a, int b) {
    if (a < 0) return find(b);
    return parent_[find(b)] = find(a);
  }

  std::vector<Quantizer> finish() {
    std::vector<Quantizer> result;
    for (Quantizer& quantizer : quantizers_) {
      if (quantizer.unit < 0 && quantizer.edge < 0) continue;
      if (quantizer.group >= 0) quantizer.group = find(quantizer.group);
      result.push_back(std::move(quantizer));
    }
    return result;
  }

  const graph::Graph& graph_;
  const graph::View& view_;
  const UnitTraits& traits_;
  const PropagationRule rule_;
  std::vector<Quantizer> quantizers_;
  std::vector<int> resting_;      ///< quantizer on an edge, or -1
  std::vector<char> is_covered_;  ///< all that reads the edge's tensor below it is quantized
  std::vector<char> leads_to_unified_;
  std::vector<int> parent_;  ///< of groups
};

}  // namespace

bool is_quantizable_input(Op op, int input) {
  return op != Op::ScaledDotProductAttention || input < 2;
}

std::vector<Quantizer> propagate(const graph::Graph& graph, const graph::View& view,
                                 const UnitTraits& traits, PropagationRule rule) {
  return Propagation(graph, view, traits, rule).run();
}

}  // namespace octet::scheme
