#include "recipe/workspace.hpp"

#include <openvino/op/add.hpp>

#include "core/text.hpp"

namespace octet::recipe {

Workspace::Workspace(const Model& model) : source_(model), graph_(model.graph->clone()) {
  for (const std::shared_ptr<ov::Node>& node : graph_->get_ordered_ops())
    nodes_.emplace(node->get_friendly_name(), node);
}

void Workspace::mismatch(const std::string& name, const std::string& problem) const {
  throw Error(ErrorCode::recipe_mismatch, "recipe", source_.sources.describe(name), problem,
              "Apply the recipe to the model that it was made for, or quantize this one");
}

const std::shared_ptr<ov::Node>& Workspace::node(const std::string& name) const {
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, node] : nodes_) names.push_back(known);
  std::vector<std::string> near = core::nearest(name, names);
  for (std::string& word : near) word = "'" + word + "'";
  mismatch(name, "the recipe names this node, which the model does not have; the nearest are " +
                     core::join_words(near));
}

ov::Output<ov::Node> Workspace::output(const TensorRef& tensor) const {
  const std::shared_ptr<ov::Node>& found = node(tensor.node);
  if (tensor.output >= found->get_output_size())
    mismatch(tensor.node, "it has no output " + std::to_string(tensor.output));
  return found->output(tensor.output);
}

ov::Input<ov::Node> Workspace::input(const UseRef& use) const {
  const std::shared_ptr<ov::Node>& found = node(use.node);
  if (use.input >= found->get_input_size())
    mismatch(use.node, "it has no input " + std::to_string(use.input));
  return found->input(use.input);
}

void Workspace::register_node(const std::shared_ptr<ov::Node>& node, const std::string& name) {
  if (!nodes_.emplace(name, node).second)
    mismatch(name, "the recipe makes a node of this name, which the model has already");
  node->set_friendly_name(name);
}

std::string Workspace::free_name(const std::string& name) const {
  if (nodes_.count(name) == 0) return name;
  for (int i = 1;; ++i) {
    std::string candidate = name + "_" + std::to_string(i);
    if (nodes_.count(candidate) == 0) return candidate;
  }
}

void Workspace::replace(ov::Output<ov::Node> from, ov::Output<ov::Node> to) {
  for (ov::Input<ov::Node> use : from.get_target_inputs())
    if (use.get_node() != to.get_node()) use.replace_source_output(to);
  const std::unordered_set<std::string> names = from.get_names();
  from.set_names({});
  to.add_names(names);
}

Model Workspace::finish() {
  try {
    graph_->validate_nodes_and_infer_types();
  } catch (const ov::Exception& error) {
    throw Error(ErrorCode::recipe_mismatch, "recipe", "",
                std::string("the model is not valid after the recipe's edits: ") + error.what(),
                "Apply the recipe to the model that it was made for, or quantize this one");
  }
  Model result = source_;
  result.graph = graph_;
  return result;
}

void scale_weight(Workspace& workspace, const std::shared_ptr<ov::Node>& layer,
                  const WeightedOp& op, const std::vector<std::size_t>& axes,
                  const std::vector<double>& scale) {
  const ov::Output<ov::Node> weight = layer->input_value(op.weight_port);
  const char* kind = axes == op.output_axes ? "outputs" : "inputs";
  ov::Output<ov::Node>& made =
      workspace.made[{weight.get_node_shared_ptr(), weight.get_index(), kind, scale}];
  if (!made.get_node_shared_ptr()) {
    const ConstantPtr old = constant_value(weight);
    std::string name = source_constant(weight)->get_friendly_name();
    if (used_once(weight))
      workspace.forget(name);
    else
      name = workspace.free_name(layer->get_friendly_name() + "/weight");
    made = workspace.add(make_constant(weight.get_element_type(), old->get_shape(),
                                       scaled(FloatView(old), old->get_shape(), axes, scale)),
                         name);
  }
  layer->input(op.weight_port).replace_source_output(made);
}

void replace_constant(Workspace& workspace, const std::shared_ptr<ov::Node>& node, std::size_t port,
                      const ov::Shape& shape, const std::vector<double>& values) {
  const ov::Output<ov::Node> old = node->input_value(port);
  std::string name = source_constant(old)->get_friendly_name();
  if (used_once(old))
    workspace.forget(name);
  else
    name = workspace.free_name(node->get_friendly_name() + "/constant");
  node->input(port).replace_source_output(
      workspace.add(make_constant(old.get_element_type(), shape, values), name));
}

Bias find_bias(const std::shared_ptr<ov::Node>& node, std::size_t rank, std::size_t axis,
               std::size_t channels) {
  const auto uses = node->output(0).get_target_inputs();
  if (uses.size() != 1) return {};
  const auto add = ov::as_type_ptr<ov::op::v1::Add>(uses.begin()->get_node()->shared_from_this());
  if (!add) return {};
  const std::size_t port = 1 - uses.begin()->get_index();
  const ConstantPtr constant = constant_value(add->input_value(port));
  if (!constant) return {};
  std::optional<std::vector<double>> values = per_channel(constant, rank, axis, channels);
  if (!values) return {};
  return {add, port, std::move(*values)};
}

void set_bias(Workspace& workspace, const Bias& bias, std::size_t rank, std::size_t axis,
              const std::vector<double>& values) {
  replace_constant(workspace, bias.add, bias.port, channel_shape(rank, axis, values.size()),
                   values);
}

std::shared_ptr<ov::Node> insert_bias(Workspace& workspace, const std::shared_ptr<ov::Node>& node,
                                      const std::string& name, std::size_t rank, std::size_t axis,
                                      const std::vector<double>& values) {
  const ov::Output<ov::Node> output = node->output(0);
  const auto constant = workspace.add(
      make_constant(output.get_element_type(), channel_shape(rank, axis, values.size()), values),
      workspace.free_name(name + "/bias"));
  const auto add = workspace.add(std::make_shared<ov::op::v1::Add>(output, constant), name);
  workspace.replace(output, add->output(0));
  return add;
}

}  // namespace octet::recipe
