#include <algorithm>
#include <map>
#include <memory>

#include "core/text.hpp"
#include "octet/report.hpp"
#include "report/modules.hpp"
#include "report/table.hpp"

namespace octet::report {
namespace {

/// A module with the modules in it, in the order in which the model runs them.
struct Module {
  std::string name;
  std::size_t int8 = 0, floating = 0;  ///< layers, with those of the modules in it
  std::vector<std::string> ops;        ///< of its own layers
  std::map<std::string, std::size_t> reasons;
  std::vector<std::unique_ptr<Module>> modules;

  Module& child(const std::string& wanted) {
    const auto found =
        std::ranges::find_if(modules, [&](const auto& module) { return module->name == wanted; });
    if (found != modules.end()) return **found;
    modules.push_back(std::make_unique<Module>());
    modules.back()->name = wanted;
    return *modules.back();
  }
};

/// `op has no integer form (2), ignored: name 'head'`
std::string reasons_of(const Module& module) {
  std::vector<std::string> words;
  for (const auto& [reason, count] : module.reasons)
    words.push_back(count == 1 ? reason : reason + " (" + std::to_string(count) + ")");
  return core::join(words, ", ");
}

void add_rows(const Module& module, std::size_t level, Table& table) {
  const auto count = [](std::size_t number) { return number == 0 ? "" : std::to_string(number); };
  table.add({std::string(2 * level, ' ') + module.name, count(module.int8), count(module.floating),
             core::join(module.ops, ", "), reasons_of(module)});
  for (const auto& inner : module.modules) add_rows(*inner, level + 1, table);
}

}  // namespace

std::string tree_text(const Model& model, const std::vector<LayerDecision>& layers,
                      std::optional<std::size_t> depth) {
  Module root;
  root.name = "(model)";
  for (const LayerDecision& layer : layers) {
    const bool is_int8 = layer.precision == "int8";
    std::vector<std::string> path = parts_of(module_of(model, layer.node));
    if (depth && path.size() > *depth) path.resize(*depth);
    Module* module = &root;
    const auto count = [&] { ++(is_int8 ? module->int8 : module->floating); };
    count();
    for (const std::string& part : path) {
      module = &module->child(part);
      count();
    }
    const std::string op = op_of(model, layer.node, layer.type);
    if (std::ranges::find(module->ops, op) == module->ops.end()) module->ops.push_back(op);
    if (!is_int8) ++module->reasons[layer.reason];
  }
  using Align = Table::Align;
  Table table({{"module"},
               {"int8", Align::right},
               {"float", Align::right},
               {"operations"},
               {"why in float"}});
  add_rows(root, 0, table);
  return table.text();
}

}  // namespace octet::report
