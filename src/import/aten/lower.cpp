#include <algorithm>
#include <map>
#include <set>

#include <openvino/frontend/decoder.hpp>

#include "import/aten/convert.hpp"
#include "import/aten/emitter.hpp"
#include "import/aten/functionalize.hpp"
#include "import/aten/origin.hpp"
#include "import/aten/references.hpp"
#include "import/aten/vmap.hpp"

namespace octet::importer::aten {
namespace {

/// Nodes that no output needs: assertions, unused sizes, results of dropped mutations.
std::vector<bool> live_nodes(const Program& program, std::set<std::string>& read) {
  for (const Output& output : program.outputs) read.insert(output.name);
  std::vector<bool> live(program.nodes.size(), false);
  for (std::size_t i = program.nodes.size(); i-- > 0;) {
    const Node& node = program.nodes[i];
    live[i] = std::ranges::any_of(node.outputs, [&](const Value& value) {
      return !value.name.empty() && read.contains(value.name);
    });
    if (live[i])
      for (const NamedArgument& argument : node.arguments)
        for_each_reference(argument.value, [&](const std::string& name) { read.insert(name); });
  }
  return live;
}

void add_inputs(const Program& program, LoweringState& state) {
  namespace type = ov::frontend::type;
  for (const Input& input : program.inputs) {
    TsValue value;
    value.name = input.name;
    value.shape = input.meta.shape;
    if (input.meta.is_tensor)
      value.type = type::Tensor(input.meta.type);
    else
      value.type = type::PyScalar(input.meta.type);
    const ValueId id = state.graph.add_value(std::move(value));
    state.graph.inputs.push_back(id);
    state.ids[input.name] = id;
    state.metas[input.name] = input.meta;
  }
}

ValueId add_weight(const Weight& weight, const std::shared_ptr<void>& owner, LoweringState& state) {
  // The constant's tensor keeps the owner of the bytes alive.
  const auto constant = std::make_shared<ov::op::v0::Constant>(ov::Tensor(weight.data, owner));
  set_origin(constant, no_source, weight.qualified_name);
  constant->set_friendly_name(weight.qualified_name);
  TsValue value;
  value.name = weight.name;
  value.type = ov::frontend::type::Tensor(constant->get_element_type());
  value.shape = constant->get_shape();
  const ValueId id = state.graph.add_value(std::move(value));
  TsNode node;
  node.op = "prim::GetAttr";
  node.outputs = {id};
  node.literal = constant;
  state.graph.nodes.push_back(std::move(node));
  return id;
}

/// Weights that are the same memory become one constant.
void add_weights(const Program& program, LoweringState& state) {
  using Key = std::tuple<const void*, std::string, std::string>;
  std::map<Key, ValueId> known;
  for (const Weight& weight : program.weights) {
    state.metas[weight.name] = {weight.data.get_element_type(), weight.data.get_shape(), true};
    if (!state.read.contains(weight.name)) continue;
    const void* data = weight.data.get_size() ? weight.data.data() : nullptr;
    const auto [place, is_new] = known.try_emplace(
        {data, weight.data.get_element_type().to_string(), weight.data.get_shape().to_string()});
    if (is_new || !data) place->second = add_weight(weight, program.owner, state);
    state.ids[weight.name] = place->second;
  }
}

}  // namespace

Model lower(const Program& given) {
  const Program program = unbatch(functionalize(given));
  LoweringState state;
  std::map<std::size_t, std::string> reasons;
  const std::vector<bool> live = live_nodes(program, state.read);

  add_inputs(program, state);
  TsValue nothing;
  nothing.type = ov::frontend::type::PyNone();
  nothing.is_none = true;
  state.none = state.graph.add_value(std::move(nothing));
  TsNode none;
  none.op = "prim::Constant";
  none.outputs = {state.none};
  none.literal = TsNone{};
  state.graph.nodes.push_back(std::move(none));
  add_weights(program, state);

  for (std::size_t i = 0; i < program.nodes.size(); ++i) {
    const Node& node = program.nodes[i];
    for (const Value& value : node.outputs)
      if (!value.name.empty()) state.metas[value.name] = value.meta;
    if (!live[i]) continue;
    Emitter emitter(state, node, i);
    try {
      lower_node(emitter);
    } catch (const Unsupported& unsupported) {
      // It stays in the graph as an unknown operation, so that all are found in one run.
      reasons.emplace(i, unsupported.reason);
      emitter.refuse();
    }
  }

  std::vector<Output> outputs;
  std::vector<std::size_t> result_of;
  for (const Output& output : program.outputs) {
    if (output.name.empty()) continue;
    const auto found = state.ids.find(output.name);
    if (found == state.ids.end())
      throw Error(ErrorCode::corrupt_program, "import", program.origin,
                  "the output '" + output.user_name + "' reads '" + output.name +
                      "', which no node computes",
                  "Export the model again");
    // The frontend knows a value as one result; what is returned twice becomes two again later.
    const auto place = std::ranges::find(state.graph.outputs, found->second);
    result_of.push_back(static_cast<std::size_t>(place - state.graph.outputs.begin()));
    if (place == state.graph.outputs.end()) state.graph.outputs.push_back(found->second);
    outputs.push_back(output);
  }
  return convert(program, {outputs, result_of},
                 std::make_shared<const TsGraph>(std::move(state.graph)), reasons);
}

}  // namespace octet::importer::aten
