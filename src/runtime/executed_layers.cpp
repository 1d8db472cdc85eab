#include "runtime/executed_layers.hpp"

#include <cstdlib>
#include <set>
#include <sstream>

#include "runtime/compile.hpp"

namespace octet {
namespace runtime {
namespace {

std::string property(const ov::Node& node, const char* key) {
  const auto& info = node.get_rt_info();
  const auto found = info.find(key);
  return found == info.end() ? "" : found->second.as<std::string>();
}

}  // namespace

std::vector<std::string> split_names(const std::string& list,
                                     const std::function<bool(const std::string&)>& is_name) {
  std::vector<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  std::vector<std::string> names;
  for (std::size_t first = 0; first < parts.size();) {
    std::string joined = parts[first], name = joined;
    std::size_t next = first + 1;
    // The longest run of parts that is a name.
    for (std::size_t last = first + 1; last < parts.size() && !is_name(name); ++last) {
      joined += "," + parts[last];
      if (!is_name(joined)) continue;
      name = joined;
      next = last + 1;
    }
    names.push_back(name);
    first = next;
  }
  return names;
}

std::vector<ExecutedLayer> layers_of(const ov::CompiledModel& compiled, const ov::Model& graph) {
  std::set<std::string> known;
  for (const auto& node : graph.get_ops()) known.insert(node->get_friendly_name());
  const auto is_name = [&](const std::string& name) { return known.contains(name); };
  const auto executable =
      guarded("describe the compiled model", [&] { return compiled.get_runtime_model(); });
  std::vector<ExecutedLayer> layers;
  for (const auto& node : executable->get_ordered_ops()) {
    ExecutedLayer layer;
    layer.name = node->get_friendly_name();
    layer.originals = split_names(property(*node, "originalLayersNames"), is_name);
    layer.type = property(*node, "layerType");
    layer.precision = property(*node, "runtimePrecision");
    layer.kernel = property(*node, "primitiveType");
    layer.milliseconds = std::strtod(property(*node, "execTimeMcs").c_str(), nullptr) / 1000;
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace runtime

std::vector<ExecutedLayer> executed_layers(const Model& model, const RunOptions& options) {
  const auto graph = runtime::subject_of(model, options).graph;
  return runtime::layers_of(runtime::compile(graph, options), *graph);
}

}  // namespace octet
