#include "import/aten/names.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include <openvino/op/constant.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>

#include "import/aten/origin.hpp"
#include "import/aten/references.hpp"
#include "import/aten/ts_graph.hpp"
#include "import/unique_names.hpp"

namespace octet::importer::aten {
namespace {

struct Known {
  std::unordered_map<std::string, std::size_t> producer;   ///< of an FX value: index of its node
  std::unordered_map<std::string, const Weight*> weights;  ///< by FX name
};

/// Values that functionalizing added; no FX name holds a slash.
bool is_generated(const std::string& name) {
  return name.find('/') != std::string::npos;
}

/// The FX value that this node computes, or empty.
std::string value_of(const ov::Node& node, const Known& known) {
  const Origin* origin = origin_of(node);
  std::string any;
  for (const auto& output : node.outputs()) {
    auto& names = output.get_tensor().get_names();
    for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
      const auto found = known.producer.find(name);
      if (found == known.producer.end()) continue;
      if (origin && origin->source == found->second) return name;
      if (any.empty()) any = name;
    }
  }
  return any;
}

/// Where passes made nodes without saying of what: the origin of what reads them.
std::unordered_map<const ov::Node*, std::size_t> find_sources(const ov::NodeVector& ordered) {
  std::unordered_map<const ov::Node*, std::size_t> sources;
  for (auto node = ordered.rbegin(); node != ordered.rend(); ++node) {
    std::size_t source = no_source;
    if (const Origin* origin = origin_of(**node)) source = origin->source;
    if (source == no_source)
      for (const auto& output : (*node)->outputs())
        for (const auto& reader : output.get_target_inputs())
          if (const auto found = sources.find(reader.get_node()); found != sources.end())
            source = std::min(source, found->second);
    sources[node->get()] = source;
  }
  return sources;
}

bool same_bytes(const ov::op::v0::Constant& constant, const ov::Tensor& tensor) {
  return constant.get_element_type() == tensor.get_element_type() &&
         constant.get_byte_size() == tensor.get_byte_size() &&
         std::memcmp(constant.get_data_ptr(), tensor.data(), tensor.get_byte_size()) == 0;
}

/// The weight that a constant holds, also where folding reshaped it, or null.
const Weight* weight_of(const ov::op::v0::Constant& constant, std::size_t source,
                        const Program& program, const Known& known) {
  if (source >= program.nodes.size()) return nullptr;
  const Weight* found = nullptr;
  for (const NamedArgument& argument : program.nodes[source].arguments)
    for_each_reference(argument.value, [&](const std::string& name) {
      const auto weight = known.weights.find(name);
      if (!found && weight != known.weights.end() && same_bytes(constant, weight->second->data))
        found = weight->second;
    });
  return found;
}

std::string module_of(const std::string& qualified_name) {
  const std::size_t dot = qualified_name.rfind('.');
  return dot == std::string::npos ? "" : qualified_name.substr(0, dot);
}

void name_inputs(ov::Model& model, const Program& program, UniqueNames& names, SourceMap& sources) {
  const auto& parameters = model.get_parameters();
  for (std::size_t i = 0; i < parameters.size() && i < program.inputs.size(); ++i) {
    const Input& input = program.inputs[i];
    const std::string name = names.take(input.name);
    parameters[i]->set_friendly_name(name);
    std::unordered_set<std::string> tensor_names{input.name};
    if (!input.user_name.empty()) tensor_names.insert(input.user_name);
    parameters[i]->output(0).set_names(tensor_names);
    sources.set(name, {input.name, "", "", "input", ""});
  }
}

void name_outputs(ov::Model& model, const std::vector<Output>& outputs, UniqueNames& names,
                  SourceMap& sources) {
  const auto& results = model.get_results();
  for (std::size_t i = 0; i < results.size() && i < outputs.size(); ++i) {
    const std::string name = names.take(outputs[i].user_name);
    results[i]->set_friendly_name(name);
    // A result keeps names of its own once it was given any.
    auto tensor_names = results[i]->input_value(0).get_names();
    tensor_names.insert(outputs[i].user_name);
    results[i]->output(0).set_names(tensor_names);
    sources.set(name, {outputs[i].name, "", "", "output", ""});
  }
}

}  // namespace

SourceMap give_names(const std::shared_ptr<ov::Model>& model, const Program& program,
                     const std::vector<Output>& outputs) {
  Known known;
  for (std::size_t i = 0; i < program.nodes.size(); ++i)
    for (const Value& value : program.nodes[i].outputs)
      if (!value.name.empty() && !is_generated(value.name)) known.producer[value.name] = i;
  for (const Weight& weight : program.weights) known.weights[weight.name] = &weight;

  SourceMap map;
  UniqueNames names;
  const auto ordered = model->get_ordered_ops();
  const auto sources = find_sources(ordered);
  // Values and inputs are named first, so that no helper takes their names.
  name_inputs(*model, program, names, map);
  std::unordered_set<const ov::Node*> done;
  const auto set = [&](ov::Node& node, const std::string& wanted, SourceInfo info) {
    const std::string name = names.take(wanted);
    node.set_friendly_name(name);
    map.set(name, std::move(info));
    done.insert(&node);
  };
  for (const auto& node : ordered) {
    if (ov::is_type<ov::op::v0::Parameter>(node) || ov::is_type<ov::op::v0::Result>(node)) {
      done.insert(node.get());
      continue;
    }
    if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node)) {
      const Origin* origin = origin_of(*node);
      const Weight* weight = weight_of(*constant, sources.at(node.get()), program, known);
      const std::string qualified = origin && !origin->weight.empty() ? origin->weight
                                    : weight                          ? weight->qualified_name
                                                                      : "";
      if (!qualified.empty())
        set(*node, qualified, {qualified, module_of(qualified), "", "weight", ""});
      continue;
    }
    const std::string value = value_of(*node, known);
    if (value.empty()) continue;
    SourceInfo info = program.nodes[known.producer.at(value)].source;
    info.value_name = value;
    set(*node, value, std::move(info));
  }
  for (const auto& node : ordered) {
    if (done.contains(node.get())) continue;
    const std::size_t source = sources.at(node.get());
    SourceInfo info;
    std::string owner = "graph";
    if (source < program.nodes.size()) {
      const Node& origin = program.nodes[source];
      info = origin.source;
      owner = origin.outputs.empty() ? origin.target : origin.outputs.front().name;
      owner = owner.substr(0, owner.find('/'));
      info.value_name = owner;
    }
    set(*node, owner + "/" + node->get_type_name(), std::move(info));
  }
  for (const auto& node : ordered) {
    clear_origin(*node);
    if (ov::is_type<ov::op::v0::Parameter>(node)) continue;
    // The frontend's numbers for values mean nothing to a user.
    for (auto output : node->outputs()) {
      std::unordered_set<std::string> kept;
      for (const std::string& name : output.get_tensor().get_names())
        if (known.producer.contains(name)) kept.insert(name);
      output.get_tensor().set_names(kept);
    }
  }
  name_outputs(*model, outputs, names, map);
  return map;
}

}  // namespace octet::importer::aten
