#pragma once

#include <string>
#include <vector>

#include "graph/ignored_scope.hpp"
#include "graph/view.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"
#include "scheme/propagation.hpp"

namespace octet::scheme {

/// What the options come to.
struct Settings {
  const Target* target;
  bool is_transformer;
  QuantizationMode activation_mode, weight_mode;  ///< of the preset
  PropagationRule rule;
  bool quantize_outputs;
  QuantizationParameters activations, weights;
  OverflowFix overflow_fix;
};

/// The graph as units with what quantization may do with each.
struct Units {
  graph::View view;
  std::vector<int> unit_of;  ///< of a node of the graph; -1: not active
  UnitTraits traits;
  std::vector<std::string> ignored;  ///< why a unit stays in floating point; empty: it does not
  std::vector<SpecList> lists;       ///< that `traits.specs` points into
};

/// Notes in `scope` which rules have no effect.
Units make_units(const graph::Graph& graph, graph::ResolvedScope& scope, const Settings& settings);

}  // namespace octet::scheme
