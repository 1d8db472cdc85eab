#pragma once

#include <optional>
#include <vector>

#include "scheme/targets.hpp"

namespace octet::scheme {

/// What becomes of quantizers that meet above a branch.
struct Merged {
  SpecList specs;              ///< of the quantizer above the branch
  std::vector<char> stays_on;  ///< for each branch: its own quantizer stays as well
};
/// Merges the options of quantizers on sibling branches by `rule`; nothing where they can't share
/// one. Options are kept that all branches accept, ordered by the sum of their places in the
/// branches' lists (ties: more bits, per tensor, symmetric).
std::optional<Merged> merge_branches(const std::vector<const SpecList*>& branches,
                                     PropagationRule rule);

/// Whether a quantizer right behind another one changes nothing: same codes, and no finer.
bool is_redundant(const QuantizerSpec& upstream, const QuantizerSpec& downstream);

}  // namespace octet::scheme
