#include "scheme/merge.hpp"

#include <doctest/doctest.h>

using namespace octet;
using scheme::SpecList;

namespace {

constexpr auto symmetric = QuantizationMode::symmetric;
constexpr auto asymmetric = QuantizationMode::asymmetric;

QuantizerSpec spec(QuantizationMode mode, bool per_channel, int bits = 8) {
  return {bits, mode, per_channel, false, std::nullopt};
}

const SpecList depthwise = {spec(symmetric, true), spec(symmetric, false)};
const SpecList per_tensor = {spec(symmetric, false)};
const SpecList other_mode = {spec(asymmetric, false)};

}  // namespace

TEST_CASE("branches merge into what all of them accept") {
  const auto merged =
      scheme::merge_branches({&depthwise, &per_tensor}, PropagationRule::merge_all_in_one);
  REQUIRE(merged);
  CHECK(merged->specs == per_tensor);
  CHECK(merged->stays_on == std::vector<char>{0, 0});
  CHECK_FALSE(
      scheme::merge_branches({&other_mode, &per_tensor}, PropagationRule::merge_all_in_one));
}

TEST_CASE("the order of merged options is the sum of the branches' orders") {
  const SpecList a = {spec(symmetric, true), spec(symmetric, false), spec(asymmetric, false)};
  const SpecList b = {spec(asymmetric, false), spec(symmetric, false), spec(symmetric, true)};
  const auto merged = scheme::merge_branches({&a, &b}, PropagationRule::merge_all_in_one);
  REQUIRE(merged);
  // All sums are 2: more bits first, then per tensor, then symmetric.
  CHECK(merged->specs ==
        SpecList{spec(symmetric, false), spec(asymmetric, false), spec(symmetric, true)});
}

TEST_CASE("equal branches alone merge by the rule that asks for it") {
  const auto rule = PropagationRule::merge_if_all_branches_same;
  CHECK(scheme::merge_branches({&per_tensor, &per_tensor}, rule));
  CHECK_FALSE(scheme::merge_branches({&depthwise, &per_tensor}, rule));
}

TEST_CASE("nothing merges by the rule that forbids it") {
  CHECK_FALSE(
      scheme::merge_branches({&per_tensor, &per_tensor}, PropagationRule::do_not_merge_branches));
}

TEST_CASE("a branch may keep a quantizer that narrows the merged one") {
  const SpecList rich = {spec(asymmetric, false), spec(symmetric, false)};
  const auto merged = scheme::merge_branches({&rich, &per_tensor},
                                             PropagationRule::merge_with_potential_requantization);
  REQUIRE(merged);
  CHECK(merged->specs.size() == 2);
  CHECK(merged->stays_on == std::vector<char>{0, 1});
}

TEST_CASE("a quantizer is redundant behind one that is as coarse or coarser") {
  CHECK(scheme::is_redundant(spec(symmetric, false), spec(symmetric, true)));
  CHECK(scheme::is_redundant(spec(symmetric, false), spec(asymmetric, false)));
  CHECK_FALSE(scheme::is_redundant(spec(symmetric, true), spec(symmetric, false)));
  CHECK_FALSE(scheme::is_redundant(spec(asymmetric, false), spec(symmetric, false)));
  CHECK_FALSE(scheme::is_redundant(spec(symmetric, false, 16), spec(symmetric, false)));
}
