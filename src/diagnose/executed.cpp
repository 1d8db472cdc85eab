#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>

#include "octet/diagnose.hpp"

namespace octet {
namespace {

/// Types of the executable graph that compute nothing.
constexpr std::array<std::string_view, 4> silent = {"Input", "Output", "Const", "Constant"};
/// Types that quantization is for.
constexpr std::array<std::string_view, 7> heavy = {
    "Convolution",      "Deconvolution", "FullyConnected", "MatMul",
    "GroupConvolution", "RNNSeq",        "RNNCell"};

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

bool is_int8(const std::string& precision) {
  return precision == "i8" || precision == "u8";
}

std::vector<LayerOutcome> outcomes_of(const std::vector<LayerDecision>& decisions,
                                      const std::vector<ExecutedLayer>& executed) {
  // A node may appear in several executed layers: the arithmetic counts, not the reordering of its
  // data around it.
  std::map<std::string_view, const ExecutedLayer*> by_node;
  for (const ExecutedLayer& layer : executed)
    for (const std::string& original : layer.originals) {
      const ExecutedLayer*& known = by_node[original];
      if (!known || (contains(heavy, layer.type) && !contains(heavy, known->type))) known = &layer;
    }
  std::vector<LayerOutcome> outcomes;
  for (const LayerDecision& decision : decisions) {
    LayerOutcome outcome{decision, "", ""};
    if (const auto found = by_node.find(decision.node); found != by_node.end()) {
      outcome.ran_as = found->second->type;
      outcome.precision = found->second->precision;
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

std::vector<KindSummary> precisions_by_kind(const std::vector<ExecutedLayer>& executed) {
  std::map<std::string, KindSummary> by_type;
  for (const ExecutedLayer& layer : executed) {
    if (contains(silent, layer.type)) continue;
    KindSummary& kind = by_type[layer.type];
    kind.type = layer.type;
    ++kind.precisions[layer.precision];
    kind.milliseconds += layer.milliseconds;
  }
  std::vector<KindSummary> kinds;
  for (auto& [type, kind] : by_type) kinds.push_back(std::move(kind));
  const auto count = [](const KindSummary& kind) {
    std::size_t sum = 0;
    for (const auto& [precision, number] : kind.precisions) sum += number;
    return sum;
  };
  std::ranges::stable_sort(kinds, {}, [&](const KindSummary& kind) {
    return std::tuple(!contains(heavy, kind.type), -static_cast<std::int64_t>(count(kind)));
  });
  return kinds;
}

}  // namespace octet
