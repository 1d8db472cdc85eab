#include "graph/patterns.hpp"

namespace octet::graph {
namespace {

enum class Targets { all, eltwise };
enum class Models { any_model, transformer };

}  // namespace

const std::vector<Composite>& composite_patterns() {
  static const std::vector<Composite> patterns = {
#define OCTET_COMPOSITE(name, op, text) {parse_pattern(#name, text), Op::op},
#define OCTET_FUSED(name, targets, text)
#include "graph/fused_patterns.def"
#undef OCTET_COMPOSITE
#undef OCTET_FUSED
  };
  return patterns;
}

const std::vector<Pattern>& fused_patterns(bool with_elementwise) {
  static const auto make = [](bool with) {
    std::vector<Pattern> patterns;
#define OCTET_COMPOSITE(name, op, text)
#define OCTET_FUSED(name, targets, text) \
  if (with || Targets::targets == Targets::all) patterns.push_back(parse_pattern(#name, text));
#include "graph/fused_patterns.def"
#undef OCTET_COMPOSITE
#undef OCTET_FUSED
    return patterns;
  };
  static const std::vector<Pattern> with = make(true), without = make(false);
  return with_elementwise ? with : without;
}

const std::vector<IgnoredPattern>& ignored_patterns() {
  static const std::vector<IgnoredPattern> patterns = {
#define OCTET_IGNORED(name, models, targets, text)                    \
  {parse_pattern(#name, text), Models::models == Models::transformer, \
   Targets::targets == Targets::eltwise},
#include "graph/ignored_patterns.def"
#undef OCTET_IGNORED
  };
  return patterns;
}

}  // namespace octet::graph
