#include "scheme/merge.hpp"

#include <algorithm>
#include <tuple>

namespace octet::scheme {
namespace {

bool contains(const SpecList& list, const QuantizerSpec& spec) {
  return std::find(list.begin(), list.end(), spec) != list.end();
}

bool is_permutation(const SpecList& a, const SpecList& b) {
  return std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
}

/// `spec` may follow `first`: it is at most as rich.
bool can_requantize(const QuantizerSpec& spec, const QuantizerSpec& first) {
  if (spec.bits > first.bits || spec.narrow_range != first.narrow_range) return false;
  if (spec.mode == QuantizationMode::asymmetric && first.mode == QuantizationMode::symmetric)
    return false;
  if (!spec.signedness_to_force && first.signedness_to_force) return false;
  return !(spec.signedness_to_force == true && first.signedness_to_force == false);
}

bool accepts(const SpecList& branch, const QuantizerSpec& spec, PropagationRule rule) {
  if (contains(branch, spec)) return true;
  return rule == PropagationRule::merge_with_potential_requantization &&
         std::all_of(branch.begin(), branch.end(),
                     [&](const QuantizerSpec& own) { return can_requantize(own, spec); });
}

std::size_t rank(const QuantizerSpec& spec, const std::vector<const SpecList*>& branches) {
  std::size_t longest = 0, sum = 0;
  for (const SpecList* branch : branches) longest = std::max(longest, branch->size());
  for (const SpecList* branch : branches) {
    const auto found = std::find(branch->begin(), branch->end(), spec);
    sum += found == branch->end() ? longest + 1 : static_cast<std::size_t>(found - branch->begin());
  }
  return sum;
}

}  // namespace

std::optional<Merged> merge_branches(const std::vector<const SpecList*>& branches,
                                     PropagationRule rule) {
  const SpecList& first = *branches.front();
  Merged merged{{}, std::vector<char>(branches.size(), 0)};
  switch (rule) {
    case PropagationRule::do_not_merge_branches:
      return std::nullopt;
    case PropagationRule::merge_if_all_branches_same:
      for (const SpecList* branch : branches)
        if (!is_permutation(first, *branch)) return std::nullopt;
      merged.specs = first;
      return merged;
    case PropagationRule::merge_with_potential_requantization:
    case PropagationRule::merge_all_in_one:
      break;
  }

  using Ranked = std::tuple<std::size_t, int, bool, QuantizationMode, QuantizerSpec>;
  std::vector<Ranked> ranked;
  SpecList seen;
  for (const SpecList* branch : branches) {
    for (const QuantizerSpec& spec : *branch) {
      if (contains(seen, spec)) continue;
      seen.push_back(spec);
      const bool fits = std::all_of(branches.begin(), branches.end(), [&](const SpecList* other) {
        return accepts(*other, spec, rule);
      });
      if (fits)
        ranked.emplace_back(rank(spec, branches), -spec.bits, spec.per_channel, spec.mode, spec);
    }
  }
  if (ranked.empty()) return std::nullopt;
  const auto key = [](const Ranked& r) {
    return std::tie(std::get<0>(r), std::get<1>(r), std::get<2>(r), std::get<3>(r));
  };
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](const Ranked& a, const Ranked& b) { return key(a) < key(b); });
  for (const Ranked& r : ranked) merged.specs.push_back(std::get<4>(r));
  if (rule == PropagationRule::merge_with_potential_requantization)
    for (std::size_t i = 0; i < branches.size(); ++i)
      merged.stays_on[i] = !is_permutation(*branches[i], merged.specs);
  return merged;
}

bool is_redundant(const QuantizerSpec& upstream, const QuantizerSpec& downstream) {
  return downstream.bits == upstream.bits && downstream.narrow_range == upstream.narrow_range &&
         (downstream.mode == upstream.mode || upstream.mode == QuantizationMode::symmetric) &&
         (downstream.per_channel == upstream.per_channel || !upstream.per_channel);
}

}  // namespace octet::scheme
