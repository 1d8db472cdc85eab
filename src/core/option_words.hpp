#pragma once

#include <array>
#include <string>
#include <vector>

#include "octet/accuracy_control.hpp"
#include "octet/dataset.hpp"
#include "octet/options.hpp"

namespace octet::core {

/// The words of an enumeration's values, in its order: how options are written on the command line,
/// in JSON and in recipes. Case does not matter to readers.
template <typename Enum>
inline constexpr std::array<const char*, 0> words_of = {};

template <>
inline constexpr std::array words_of<Preset> = {"performance", "mixed"};
template <>
inline constexpr std::array words_of<ModelType> = {"transformer", "generic"};
template <>
inline constexpr std::array words_of<TargetDevice> = {"any", "cpu", "cpu_spr", "gpu", "npu"};
template <>
inline constexpr std::array words_of<QuantizationMode> = {"symmetric", "asymmetric"};
template <>
inline constexpr std::array words_of<OverflowFix> = {"enable", "first_layer", "disable"};
template <>
inline constexpr std::array words_of<DropType> = {"absolute", "relative"};
template <>
inline constexpr std::array words_of<OnCollapse> = {"warn", "raise", "revert", "ignore"};
template <>
inline constexpr std::array words_of<PropagationRule> = {
    "do_not_merge_branches", "merge_if_all_branches_same", "merge_with_potential_requantization",
    "merge_all_in_one"};
template <>
inline constexpr std::array words_of<StatisticsType> = {"min",  "max",      "abs_max",
                                                        "mean", "quantile", "abs_quantile"};
template <>
inline constexpr std::array words_of<AggregatorType> = {
    "min", "max", "mean", "median", "mean_no_outliers", "median_no_outliers", "histogram", "mse"};

template <>
inline constexpr std::array words_of<Layout> = {"nchw", "nhwc"};

template <typename Enum>
const char* word_of(Enum value) {
  return words_of<Enum>.at(static_cast<std::size_t>(value));
}

}  // namespace octet::core
