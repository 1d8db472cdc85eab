#include <map>
#include <memory>
#include <set>

#include <openvino/op/constant.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>

#include "octet/report.hpp"
#include "report/modules.hpp"

namespace octet::report {
namespace {

using Nodes = std::vector<std::shared_ptr<ov::Node>>;

/// A string of Graphviz's; newlines break the label's line.
std::string in_quotes(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n')
      quoted += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20)
      quoted += c;
  }
  return quoted + "\"";
}

/// What is computed from the model's inputs or state: not the constants, nor what only they feed.
Nodes computed(const ov::Model& graph) {
  std::set<const ov::Node*> fixed;
  Nodes nodes;
  for (const auto& node : graph.get_ordered_ops()) {
    bool is_fixed = ov::is_type<ov::op::v0::Constant>(node);
    if (!is_fixed && node->get_input_size() != 0 && !ov::is_type<ov::op::v0::Result>(node)) {
      is_fixed = true;
      for (const auto& input : node->input_values())
        is_fixed = is_fixed && fixed.count(input.get_node()) != 0;
    }
    if (is_fixed)
      fixed.insert(node.get());
    else
      nodes.push_back(node);
  }
  return nodes;
}

/// Operations by the modules that hold them.
struct Cluster {
  std::vector<std::string> statements;
  std::map<std::string, Cluster> modules;
};

void write(const Cluster& cluster, const std::string& path, std::size_t level, std::string& text) {
  const std::string indent(2 * level, ' ');
  for (const std::string& statement : cluster.statements) text += indent + statement + "\n";
  for (const auto& [name, module] : cluster.modules) {
    const std::string inner = path + "/" + name;
    text += indent + "subgraph " + in_quotes("cluster" + inner) + " {\n";
    text += indent + "  label=" + in_quotes(name) + ";\n";
    write(module, inner, level + 1, text);
    text += indent + "}\n";
  }
}

}  // namespace

std::string layers_dot(const Model& model, const std::vector<LayerDecision>& layers) {
  std::map<std::string, const LayerDecision*> decisions;
  for (const LayerDecision& layer : layers) decisions[layer.node] = &layer;

  Cluster root;
  std::map<const ov::Node*, std::string> names;
  std::string edges;
  for (const auto& node : computed(*model.graph)) {
    const std::string name = "n" + std::to_string(names.size());
    names[node.get()] = name;
    const std::string friendly = node->get_friendly_name();
    std::string label = friendly + "\n" + op_of(model, friendly, node->get_type_name());
    if (node->get_output_size() != 0) label += " " + node->get_output_partial_shape(0).to_string();
    std::string look = "fillcolor=\"#e6e6e6\"";
    if (const auto decision = decisions.find(friendly); decision != decisions.end()) {
      const bool is_int8 = decision->second->precision == "int8";
      look = std::string("fillcolor=\"") + (is_int8 ? "#a8dab5" : "#fdd0a2") + "\", tooltip=" +
             in_quotes(decision->second->precision + ": " + decision->second->reason);
    }
    const bool is_end =
        ov::is_type<ov::op::v0::Parameter>(node) || ov::is_type<ov::op::v0::Result>(node);
    if (is_end) look += ", shape=ellipse";
    Cluster* cluster = &root;
    if (!is_end)
      for (const std::string& part : parts_of(module_of(model, friendly)))
        cluster = &cluster->modules[part];
    cluster->statements.push_back(name + " [label=" + in_quotes(label) + ", " + look + "];");
    for (const auto& input : node->input_values())
      if (const auto from = names.find(input.get_node()); from != names.end())
        edges += "  " + from->second + " -> " + name + ";\n";
  }
  std::string text = "digraph " + in_quotes(model.graph->get_friendly_name()) + " {\n";
  text += "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=10];\n";
  text += "  graph [fontname=\"sans-serif\", fontsize=10, color=\"#999999\"];\n";
  write(root, "", 1, text);
  return text + edges + "}\n";
}

}  // namespace octet::report
