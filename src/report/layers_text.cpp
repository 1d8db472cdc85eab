#include <map>
#include <set>

#include "octet/report.hpp"
#include "report/modules.hpp"
#include "report/table.hpp"

namespace octet::report {
namespace {

/// Every module that holds another one.
std::set<std::string> parents_of(const std::vector<std::string>& paths) {
  std::set<std::string> parents;
  for (const std::string& path : paths)
    for (std::string group = split(path).group; !group.empty(); group = split(group).group)
      if (!parents.insert(group).second) break;
  return parents;
}

}  // namespace

std::string layers_text(const Model& model, const std::vector<LayerDecision>& layers) {
  std::vector<std::string> paths;
  for (const LayerDecision& layer : layers) {
    const SourceInfo* source = model.sources.find(layer.node);
    paths.push_back(source && !source->module_path.empty() ? source->module_path : layer.node);
  }
  const std::set<std::string> parents = parents_of(paths);

  Table table({{"layer"}, {"operation"}, {"precision"}, {"reason"}});
  std::map<std::string, std::size_t> float_reasons;
  std::size_t int8 = 0;
  std::string group;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerDecision& layer = layers[i];
    const SourceInfo* source = model.sources.find(layer.node);
    Place place = split(paths[i]);
    // An operation that a module with modules of its own does itself, such as a residual addition.
    if (parents.contains(paths[i]))
      place = {paths[i], source && !source->value_name.empty() ? source->value_name : layer.node};
    if (place.group != group && !place.group.empty()) table.add_heading(place.group);
    group = place.group;
    const std::string op = source && !source->op_type.empty() ? source->op_type : layer.type;
    table.add(
        {(group.empty() ? "" : "  ") + place.name, short_op(op), layer.precision, layer.reason});
    if (layer.precision == "int8")
      ++int8;
    else
      ++float_reasons[layer.reason];
  }
  std::string text = table.text();
  text += "\n" + std::to_string(layers.size()) + " layers: " + std::to_string(int8) + " int8, " +
          std::to_string(layers.size() - int8) + " float\n";
  for (const auto& [reason, count] : float_reasons)
    text += "  " + std::to_string(count) + " float: " + reason + "\n";
  return text;
}

}  // namespace octet::report
