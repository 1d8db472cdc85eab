#pragma once

#include <optional>
#include <string>
#include <vector>

#include "octet/options.hpp"
#include "octet/quantize.hpp"
#include "octet/recipe.hpp"

namespace octet::scheme {

/// A quantizer on an activation; its range comes later, from statistics.
struct ActivationQuantizer {
  TensorRef tensor;
  std::vector<UseRef> uses;  ///< sorted; the consumers that read the quantized value
  QuantizerSpec spec;
  std::optional<std::size_t> axis;   ///< channel axis where the spec is per channel
  std::optional<std::size_t> group;  ///< same number: one range for all (unified scales)
};

/// A quantizer on a constant that is a layer's weight.
struct WeightQuantizer {
  UseRef use;
  std::string constant;
  QuantizerSpec spec;
  std::vector<std::size_t> axes;  ///< channel axes; empty: per tensor
  bool half_range = false;        ///< overflow fix: codes stay within +-64
};

/// One rule of the ignored scope, in words, and the nodes that it covers.
struct MatchedRule {
  std::string rule;
  std::vector<std::string> nodes;
  std::string problem, remedy;  ///< empty where the rule is of use
};

/// Where quantizers go. Everything is in a fixed order: topological, then by name.
struct Placement {
  std::vector<ActivationQuantizer> activations;
  std::vector<WeightQuantizer> weights;
  std::vector<LayerDecision> layers;  ///< one for every layer with arithmetic, with the reason
  std::vector<MatchedRule> rules;     ///< in the scope's order
  std::vector<Diagnostic> diagnostics;
};

/// Places quantizers on the graph (batch norm folded already). Linear in the graph's size.
Placement place(const Model& model, const QuantizeOptions& options);

}  // namespace octet::scheme
