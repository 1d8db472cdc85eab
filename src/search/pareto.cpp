#include "search/pareto.hpp"

#include <algorithm>
#include <functional>

namespace octet::search {
namespace {

constexpr double equally_fast = 0.98;

bool is_dominated(const TuneCandidate& one, const TuneCandidate& by) {
  return by.score >= one.score && by.speedup >= one.speedup &&
         (by.score > one.score || by.speedup > one.speedup);
}

using Filter = std::function<bool(const TuneCandidate&)>;

/// Nothing where the filter lets none through.
const TuneCandidate* best_of(const std::vector<TuneCandidate>& candidates,
                             const Filter& is_allowed) {
  double fastest = 0;
  for (const TuneCandidate& one : candidates)
    if (is_allowed(one)) fastest = std::max(fastest, one.speedup);
  const TuneCandidate* best = nullptr;
  for (const TuneCandidate& one : candidates)
    if (is_allowed(one) && one.speedup >= equally_fast * fastest &&
        (!best || one.score > best->score))
      best = &one;
  return best;
}

}  // namespace

void mark_front(std::vector<TuneCandidate>& candidates) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    TuneCandidate& one = candidates[i];
    one.is_on_front = true;
    for (std::size_t j = 0; j < candidates.size() && one.is_on_front; ++j) {
      const TuneCandidate& other = candidates[j];
      const bool is_twin = other.score == one.score && other.speedup == one.speedup;
      one.is_on_front = !is_dominated(one, other) && !(is_twin && j < i);
    }
  }
}

std::size_t choose(const std::vector<TuneCandidate>& candidates, const Bar& bar) {
  const auto is_good = [&](const TuneCandidate& one) { return one.score >= bar.score; };
  const TuneCandidate* best = best_of(candidates, [&](const TuneCandidate& one) {
    return is_good(one) && one.speedup > bar.speedup;
  });
  if (!best) best = best_of(candidates, is_good);
  if (!best) best = &*std::ranges::max_element(candidates, {}, &TuneCandidate::score);
  return static_cast<std::size_t>(best - candidates.data());
}

}  // namespace octet::search
