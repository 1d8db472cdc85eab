#pragma once

#include <vector>

#include "octet/tune.hpp"

namespace octet::search {

/// Marks the candidates that no other one is at least as good as in score and latency, and better
/// in one of them. Of equal ones the first is marked.
void mark_front(std::vector<TuneCandidate>& candidates);

/// What a candidate must have to be chosen.
struct Bar {
  double score = 0;
  /// How many times faster than the model: below, it is not worth it.
  double speedup = 1;
};

/// The place of the best candidate: of those over the whole bar, the fastest; of those within a few
/// percent of its latency, which is what measuring is uncertain by, the one with the best score.
/// Where there is none: the same among those with the bar's score; then the one with the best
/// score. There is one candidate at least.
std::size_t choose(const std::vector<TuneCandidate>& candidates, const Bar& bar);

}  // namespace octet::search
