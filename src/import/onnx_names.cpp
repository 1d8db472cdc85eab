#include "import/onnx_names.hpp"

#include <algorithm>
#include <cctype>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>
#include <set>
#include <unordered_map>

#include "import/unique_names.hpp"

namespace octet::importer {
namespace {

using Constant = ov::op::v0::Constant;

/// `Reshape_239`: OpenVINO's own number, another one in every run. A constant that folding made has
/// the name of what it replaces.
bool is_generated(const ov::Node& node) {
  const std::string& name = node.get_friendly_name();
  const std::size_t line = name.rfind('_');
  if (line == std::string::npos || line == 0 || line + 1 == name.size()) return false;
  if (!std::isupper(static_cast<unsigned char>(name[0]))) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (i < line ? !std::isalnum(c) : i > line && !std::isdigit(c)) return false;
  }
  for (const auto& output : node.outputs())
    if (output.get_tensor().get_names().contains(name)) return false;
  return true;
}

bool is_boundary(const ov::Node& node) {
  return ov::is_type<ov::op::v0::Parameter>(&node) || ov::is_type<ov::op::v0::Result>(&node);
}

/// Folding would undo the compression of weights that are quantized already.
bool is_quantized(const ov::Model& graph) {
  return std::ranges::any_of(graph.get_ops(), [](const std::shared_ptr<ov::Node>& node) {
    if (ov::is_type<ov::op::v0::FakeQuantize>(node)) return true;
    if (!ov::is_type<ov::op::v0::Convert>(node)) return false;
    const auto constant = ov::as_type_ptr<Constant>(node->get_input_node_shared_ptr(0));
    return constant && constant->get_element_type().bitwidth() <= 8 &&
           ov::shape_size(constant->get_shape()) > 1;
  });
}

using Weights = std::unordered_map<const ov::Node*, std::shared_ptr<Constant>>;

/// For every node that only constants feed: the largest of them. Others are left out.
Weights constant_sources(const ov::NodeVector& ordered) {
  Weights sources;
  for (const auto& node : ordered) {
    if (const auto constant = ov::as_type_ptr<Constant>(node)) {
      sources[node.get()] = constant;
      continue;
    }
    std::shared_ptr<Constant> largest;
    bool all_constant = node->get_input_size() > 0;
    for (const auto& input : node->input_values()) {
      const auto found = sources.find(input.get_node());
      all_constant = all_constant && found != sources.end();
      if (!all_constant) break;
      if (!largest ||
          ov::shape_size(found->second->get_shape()) > ov::shape_size(largest->get_shape()))
        largest = found->second;
    }
    if (all_constant) sources[node.get()] = largest;
  }
  return sources;
}

/// Folds arithmetic on constants; what comes of a weight keeps the weight's name.
void fold(const std::shared_ptr<ov::Model>& graph) {
  const auto ordered = graph->get_ordered_ops();
  const Weights weights = constant_sources(ordered);
  std::vector<std::pair<ov::Input<ov::Node>, std::string>> folded;
  for (const auto& node : ordered) {
    if (weights.contains(node.get())) continue;
    for (const auto& input : node->inputs()) {
      const auto weight = weights.find(input.get_source_output().get_node());
      if (weight != weights.end() && weight->first != weight->second.get())
        folded.emplace_back(input, weight->second->get_friendly_name());
    }
  }
  ov::pass::Manager passes("octet_import");
  passes.register_pass<ov::pass::ConstantFolding>();
  passes.run_passes(graph);
  for (const auto& [input, name] : folded)
    if (const auto constant =
            ov::as_type_ptr<Constant>(input.get_source_output().get_node_shared_ptr()))
      constant->set_friendly_name(name);
}

/// The ONNX value that the node computes, or empty.
std::string value_of(const ov::Node& node, const std::map<std::string, OnnxNode>& nodes) {
  for (const auto& output : node.outputs()) {
    const auto& names = output.get_tensor().get_names();
    for (const std::string& name : std::set<std::string>(names.begin(), names.end()))
      if (nodes.contains(name)) return name;
  }
  return {};
}

}  // namespace

SourceMap name_onnx_nodes(const std::shared_ptr<ov::Model>& graph,
                          const std::map<std::string, OnnxNode>& nodes) {
  if (!is_quantized(*graph)) fold(graph);
  const auto ordered = graph->get_ordered_ops();
  // Nodes that no ONNX value belongs to take the value that they help to compute.
  std::unordered_map<const ov::Node*, std::string> values;
  for (auto node = ordered.rbegin(); node != ordered.rend(); ++node) {
    std::string value = value_of(**node, nodes);
    if (value.empty())
      for (const auto& output : (*node)->outputs())
        for (const auto& reader : output.get_target_inputs())
          if (const auto found = values.find(reader.get_node());
              found != values.end() && !found->second.empty() &&
              (value.empty() || found->second < value))
            value = found->second;
    values[node->get()] = value;
  }
  std::unordered_map<std::string, std::string> owners;  // friendly name by value
  for (const auto& node : ordered) {
    if (is_boundary(*node)) continue;
    const std::string value = value_of(*node, nodes);
    if (value.empty()) continue;
    // OpenVINO names the node that gives an output after the output.
    const std::string& name = nodes.at(value).name;
    if (!name.empty())
      node->set_friendly_name(name);
    else if (is_generated(*node))
      node->set_friendly_name(value);
    owners[value] = node->get_friendly_name();
  }
  for (const auto& node : ordered) {
    if (is_boundary(*node) || !is_generated(*node)) continue;
    const auto owner = owners.find(values.at(node.get()));
    const std::string base = owner == owners.end() ? "graph" : owner->second;
    node->set_friendly_name(base + "/" + node->get_type_name());
  }
  make_names_unique(*graph);
  SourceMap sources;
  for (const auto& node : ordered) {
    const std::string& name = node->get_friendly_name();
    SourceInfo info;
    if (ov::is_type<ov::op::v0::Parameter>(node)) {
      info = {name, "", "", "input", ""};
    } else if (ov::is_type<ov::op::v0::Result>(node)) {
      info = {name, "", "", "output", ""};
    } else {
      const std::string& value = values.at(node.get());
      info.value_name = value.empty() ? name : value;
      if (const auto origin = nodes.find(value); origin != nodes.end()) {
        info.module_path = origin->second.name;
        info.op_type = origin->second.op_type;
      }
    }
    sources.set(name, std::move(info));
  }
  return sources;
}

}  // namespace octet::importer
