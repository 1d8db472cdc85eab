#include "search/slow_layers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace octet::search {
namespace {

/// Names that the plugin has given to what it made of a node begin with the node's name.
std::string layer_of(const std::string& original, const std::set<std::string>& layers) {
  if (layers.contains(original)) return original;
  for (std::size_t end = original.rfind('/'); end != std::string::npos && end > 0;
       end = original.rfind('/', end - 1)) {
    const std::string stem = original.substr(0, end);
    if (layers.contains(stem)) return stem;
  }
  return "";
}

}  // namespace

std::vector<LayerGain> layer_gains(const std::vector<std::string>& layers,
                                   const std::vector<Edit>& edits,
                                   const std::vector<ExecutedLayer>& before,
                                   const std::vector<ExecutedLayer>& now) {
  const std::set<std::string> known(layers.begin(), layers.end());
  std::map<std::string, std::set<std::string>> readers;  // of a quantizer
  for (const Edit& edit : edits)
    if (const auto* quantizer = std::get_if<QuantizeActivation>(&edit))
      for (const UseRef& use : quantizer->uses)
        if (known.contains(use.node)) readers[quantizer->name].insert(use.node);

  std::map<std::string, double> gain;
  const auto add = [&](const std::vector<ExecutedLayer>& executed, double sign) {
    for (const ExecutedLayer& one : executed) {
      std::set<std::string> mine, served;
      for (const std::string& original : one.originals) {
        const auto quantizer = readers.find(original);
        if (quantizer != readers.end()) {
          served.insert(quantizer->second.begin(), quantizer->second.end());
          continue;
        }
        const std::string layer = layer_of(original, known);
        if (!layer.empty()) mine.insert(layer);
      }
      const std::set<std::string>& owners = mine.empty() ? served : mine;
      for (const std::string& owner : owners)
        gain[owner] += sign * one.milliseconds / static_cast<double>(owners.size());
    }
  };
  add(before, 1);
  add(now, -1);
  std::vector<LayerGain> gains;
  for (const std::string& layer : layers) gains.push_back({layer, gain[layer]});
  std::ranges::stable_sort(gains, {}, &LayerGain::milliseconds);
  return gains;
}

}  // namespace octet::search
