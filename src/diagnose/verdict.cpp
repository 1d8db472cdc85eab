#include "diagnose/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "diagnose/difference.hpp"

namespace octet {
namespace {

// In decibels; docs/decisions/the-guard.md has what trained models reach.
constexpr double collapsed_below = 6, doubtful_below = 10;
/// A classifier that decides otherwise this often is in doubt where the noise is visible too.
constexpr double least_agreement = 0.5;
constexpr double visible_below = 15;

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Verdict::Level level_of(const OutputDifference& output) {
  if (!(output.sqnr_db >= collapsed_below)) return Verdict::Level::collapsed;
  const bool decides_otherwise = output.top1_agreement && *output.top1_agreement < least_agreement;
  if (output.sqnr_db < doubtful_below || (decides_otherwise && output.sqnr_db < visible_below))
    return Verdict::Level::doubtful;
  return Verdict::Level::good;
}

}  // namespace

std::string word_of(Verdict::Level level) {
  switch (level) {
    case Verdict::Level::unchecked:
      return "unchecked";
    case Verdict::Level::good:
      return "good";
    case Verdict::Level::doubtful:
      return "doubtful";
    case Verdict::Level::collapsed:
      return "collapsed";
  }
  return "";
}

std::string to_string(const Verdict& verdict) {
  const OutputDifference* output = diagnose::worst(verdict);
  if (!output) return word_of(verdict.level);
  std::string text = word_of(verdict.level) + ": INT8 against FP32 on " +
                     std::to_string(verdict.samples) +
                     (verdict.samples == 1 ? " sample: " : " samples: ");
  if (verdict.outputs.size() > 1) text += "output '" + output->name + "' has ";
  text += std::isinf(output->sqnr_db) && output->sqnr_db > 0
              ? "equal"
              : "SQNR " + number("%.1f", output->sqnr_db) + " dB";
  text += ", cosine " + number("%.4f", output->cosine);
  if (output->top1_agreement)
    text += ", the same top-1 in " + number("%.0f", 100 * *output->top1_agreement) + " %";
  return text;
}

namespace diagnose {

Verdict judge(const std::vector<std::string>& names, const std::vector<runtime::Tensors>& exact,
              const std::vector<runtime::Tensors>& rounded) {
  Verdict verdict;
  verdict.samples = exact.size();
  for (std::size_t output = 0; output < names.size(); ++output) {
    Difference difference;
    bool is_comparable = !exact.empty();
    for (std::size_t i = 0; is_comparable && i < exact.size(); ++i) {
      const ov::Tensor &a = exact[i][output], &b = rounded[i][output];
      is_comparable =
          a.get_element_type().is_real() && a.get_shape() == b.get_shape() && a.get_size() > 0;
      if (is_comparable) difference.add(a, b);
    }
    if (!is_comparable) continue;
    verdict.outputs.push_back(difference.result(names[output]));
    verdict.level = std::max(verdict.level, level_of(verdict.outputs.back()));
  }
  return verdict;
}

const OutputDifference* worst(const Verdict& verdict) {
  // A ratio that is no number is the worst of all.
  const auto rank = [](const OutputDifference& output) {
    return std::isnan(output.sqnr_db) ? -HUGE_VAL : output.sqnr_db;
  };
  const auto found = std::ranges::min_element(verdict.outputs, {}, rank);
  return found == verdict.outputs.end() ? nullptr : &*found;
}

}  // namespace diagnose
}  // namespace octet
