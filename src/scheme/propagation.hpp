#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "graph/view.hpp"
#include "octet/options.hpp"
#include "scheme/targets.hpp"

namespace octet::scheme {

/// What propagation has to know of each unit of the view.
struct UnitTraits {
  std::vector<graph::Trait> trait;      ///< `none` for what is ignored
  std::vector<const SpecList*> specs;   ///< for `inputs`: what its quantizers may be
  std::vector<char> is_unified;         ///< needs one scale behind a concatenation
  std::vector<char> is_dynamic_matmul;  ///< multiplies two activations
};

/// A quantizer at rest: on the output of a unit (for all that reads it) or on one edge.
struct Quantizer {
  int unit = -1, edge = -1;           ///< of the view; one of them is set
  SpecList specs;                     ///< what it may be, best first; one entry once chosen
  int group = -1;                     ///< quantizers with one range (root of a union)
  int reader_count = 0;               ///< units that wanted it, counted up to 2 …
  int reader = -1;                    ///< … and one of them
  bool feeds_dynamic_matmul = false;  ///< one of them multiplies two activations
  int embedding = -1;                 ///< unit of the embedding whose rows it quantizes
  int path = 0;                       ///< edges travelled since it was placed or merged
};

/// Queries and keys of attention meet in a matmul; its values meet the softmax, and its mask is
/// added to that, which are no integers. Other operations take integers at every input.
bool is_quantizable_input(graph::Op op, int input);

/// Places quantizers on the inputs of every unit that wants them, then moves each upstream: through
/// units that only move values, and above branches where all that reads the branching tensor
/// accepts one quantizer (they merge by `rule`). One pass from the outputs to the inputs.
std::vector<Quantizer> propagate(const graph::Graph& graph, const graph::View& view,
                                 const UnitTraits& traits, PropagationRule rule);

}  // namespace octet::scheme
