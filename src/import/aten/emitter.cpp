#include "import/aten/emitter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <openvino/frontend/decoder.hpp>

#include "import/aten/references.hpp"

namespace octet::importer::aten {
namespace {

namespace type = ov::frontend::type;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

ov::Any scalar_type(ov::element::Type element) {
  return type::PyScalar(element);
}

TsValue literal_value(const TsLiteral& literal) {
  TsValue value;
  std::visit(Overloaded{[](std::monostate) {},
                        [&](TsNone) {
                          value.type = type::PyNone();
                          value.is_none = true;
                        },
                        [&](bool) { value.type = scalar_type(ov::element::boolean); },
                        [&](std::int64_t) { value.type = scalar_type(ov::element::i64); },
                        [&](double) { value.type = scalar_type(ov::element::f32); },
                        [&](const std::string&) { value.type = type::Str(); },
                        [&](const std::vector<std::int64_t>&) {
                          value.type = type::List(scalar_type(ov::element::i64));
                        },
                        [&](const std::vector<double>&) {
                          value.type = type::List(scalar_type(ov::element::f32));
                        },
                        [&](const std::vector<bool>&) {
                          value.type = type::List(scalar_type(ov::element::boolean));
                        },
                        [&](const std::shared_ptr<ov::op::v0::Constant>& constant) {
                          value.type = type::Tensor(constant->get_element_type());
                          value.shape = constant->get_shape();
                        }},
             literal);
  if (!std::holds_alternative<std::shared_ptr<ov::op::v0::Constant>>(literal)) value.shape = {};
  return value;
}

/// Where torch's integer codes have no meaning to a graph that runs on one device.
bool says_where(ArgumentType argument_type) {
  return argument_type == ArgumentType::device || argument_type == ArgumentType::layout ||
         argument_type == ArgumentType::memory_format || argument_type == ArgumentType::generator;
}

}  // namespace

Emitter::Emitter(LoweringState& state, const Node& node, std::size_t source)
    : state_(state), node_(node), schema_(find_schema(node.target)), source_(source) {}

const Argument* Emitter::given(std::string_view name) const {
  const auto found = std::ranges::find(node_.arguments, name, &NamedArgument::name);
  return found == node_.arguments.end() ? nullptr : &found->value;
}

const SchemaArgument* Emitter::schema_argument(std::string_view name) const {
  if (!schema_) return nullptr;
  const auto index = schema_->index_of(name);
  return index ? &schema_->arguments[*index] : nullptr;
}

ValueId Emitter::reference(const std::string& name) const {
  const auto found = state_.ids.find(name);
  if (found == state_.ids.end()) throw Unsupported{"it reads '" + name + "', which has no value"};
  return found->second;
}

ValueId Emitter::tensor(const ValueRef& value) const {
  const ValueId id = reference(value.name);
  if (id == none()) unsupported("it reads '" + value.name + "', which is None");
  return id;
}

ValueId Emitter::constant(TsLiteral literal) {
  if (std::holds_alternative<TsNone>(literal)) return state_.none;
  const ValueId id = state_.graph.add_value(literal_value(literal));
  TsNode node;
  node.op = "prim::Constant";
  node.outputs = {id};
  node.literal = std::move(literal);
  node.source = source_;
  state_.graph.nodes.push_back(std::move(node));
  return id;
}

ValueId Emitter::list(std::vector<ValueId> items) {
  ov::Any item_type = ov::element::dynamic;
  if (!items.empty()) item_type = state_.graph.values[items.front()].type;
  const ValueId id = emit("prim::ListConstruct", std::move(items));
  state_.graph.values[id].type = type::List(item_type);
  return id;
}

ValueId Emitter::value_of(const Argument& argument, const SchemaArgument* schema) {
  return std::visit(
      Overloaded{
          [&](NoneValue) { return none(); },
          [&](const ValueRef& value) { return reference(value.name); },
          [&](const std::vector<ValueRef>& values) {
            std::vector<ValueId> items;
            for (const ValueRef& value : values) items.push_back(tensor(value));
            return list(std::move(items));
          },
          [&](const OptionalRefs& values) {
            std::vector<ValueId> items;
            for (const auto& value : values.items)
              items.push_back(value ? reference(value->name) : none());
            return list(std::move(items));
          },
          [&](const SymInt& number) {
            if (!number.value) return reference(number.name);
            if (schema && schema->is_list)
              return constant(std::vector<std::int64_t>(schema->list_size, *number.value));
            if (schema && schema->type == ArgumentType::floating)
              return constant(static_cast<double>(*number.value));
            return constant(*number.value);
          },
          [&](const std::vector<SymInt>& numbers) {
            const bool known =
                std::ranges::all_of(numbers, [](const SymInt& n) { return n.value.has_value(); });
            if (known) {
              std::vector<std::int64_t> values;
              for (const SymInt& number : numbers) values.push_back(*number.value);
              return constant(std::move(values));
            }
            std::vector<ValueId> items;
            for (const SymInt& number : numbers)
              items.push_back(number.value ? constant(*number.value) : reference(number.name));
            return list(std::move(items));
          },
          [&](const DtypeCode& code) { return constant(static_cast<std::int64_t>(code.code)); },
          [&](const std::vector<std::string>&) -> ValueId {
            unsupported("it takes a list of strings");
          },
          [&](const auto& literal) { return constant(literal); }},
      argument);
}

ValueId Emitter::from_default(const SchemaArgument& argument) {
  if (!argument.default_value) {
    if (argument.is_optional) return none();
    unsupported("its argument '" + argument.name + "' is missing");
  }
  return std::visit(Overloaded{[&](std::monostate) { return none(); },
                               [&](const auto& value) { return constant(value); }},
                    *argument.default_value);
}

ValueId Emitter::argument(std::string_view name) {
  const SchemaArgument* schema = schema_argument(name);
  if (schema && says_where(schema->type)) return none();
  if (const Argument* found = given(name)) {
    // Converters rely on what the schema promises.
    const bool may_be_none =
        !schema || schema->is_optional ||
        (schema->default_value && std::holds_alternative<std::monostate>(*schema->default_value));
    const ValueId id = value_of(*found, schema);
    if (id == none() && !may_be_none)
      unsupported("its argument '" + std::string(name) + "' is None");
    return id;
  }
  if (!schema) unsupported("its argument '" + std::string(name) + "' is missing");
  return from_default(*schema);
}

std::vector<ValueId> Emitter::arguments() {
  std::vector<ValueId> ids;
  if (!schema_) {
    for (const NamedArgument& argument : node_.arguments)
      ids.push_back(value_of(argument.value, nullptr));
    return ids;
  }
  for (const NamedArgument& argument : node_.arguments)
    if (!schema_->index_of(argument.name))
      unsupported("it has no argument named '" + argument.name + "'");
  for (const SchemaArgument& schema : schema_->arguments) ids.push_back(argument(schema.name));
  return ids;
}

bool Emitter::is_none(std::string_view name) const {
  if (const Argument* found = given(name)) return std::holds_alternative<NoneValue>(*found);
  const SchemaArgument* schema = schema_argument(name);
  return !schema || !schema->default_value ||
         std::holds_alternative<std::monostate>(*schema->default_value);
}

std::int64_t Emitter::integer(std::string_view name) const {
  if (const Argument* found = given(name)) {
    if (const auto* number = std::get_if<SymInt>(found); number && number->value)
      return *number->value;
    if (const auto* flag = std::get_if<bool>(found)) return *flag;
    if (const auto* code = std::get_if<DtypeCode>(found)) return code->code;
  } else if (const SchemaArgument* schema = schema_argument(name);
             schema && schema->default_value) {
    if (const auto* number = std::get_if<std::int64_t>(&*schema->default_value)) return *number;
  }
  unsupported("its argument '" + std::string(name) + "' is not a known integer");
}

double Emitter::number(std::string_view name) const {
  if (const Argument* found = given(name)) {
    if (const auto* real = std::get_if<double>(found)) return *real;
  } else if (const SchemaArgument* schema = schema_argument(name);
             schema && schema->default_value) {
    if (const auto* real = std::get_if<double>(&*schema->default_value)) return *real;
  }
  return static_cast<double>(integer(name));
}

bool Emitter::boolean(std::string_view name) const {
  if (const Argument* found = given(name)) {
    if (const auto* flag = std::get_if<bool>(found)) return *flag;
  } else if (const SchemaArgument* schema = schema_argument(name);
             schema && schema->default_value) {
    if (const auto* flag = std::get_if<bool>(&*schema->default_value)) return *flag;
  }
  unsupported("its argument '" + std::string(name) + "' is not a known bool");
}

std::string Emitter::text(std::string_view name) const {
  if (const Argument* found = given(name)) {
    if (const auto* words = std::get_if<std::string>(found)) return *words;
  } else if (const SchemaArgument* schema = schema_argument(name);
             schema && schema->default_value) {
    if (const auto* words = std::get_if<std::string>(&*schema->default_value)) return *words;
  }
  unsupported("its argument '" + std::string(name) + "' is not text");
}

std::vector<std::int64_t> Emitter::integers(std::string_view name) const {
  if (const Argument* found = given(name)) {
    if (const auto* number = std::get_if<SymInt>(found); number && number->value)
      return {*number->value};
    if (const auto* numbers = std::get_if<std::vector<SymInt>>(found)) {
      std::vector<std::int64_t> values;
      for (const SymInt& number : *numbers)
        if (number.value) values.push_back(*number.value);
      if (values.size() == numbers->size()) return values;
    }
  } else if (const SchemaArgument* schema = schema_argument(name);
             schema && schema->default_value) {
    if (const auto* values = std::get_if<std::vector<std::int64_t>>(&*schema->default_value))
      return *values;
  }
  unsupported("its argument '" + std::string(name) + "' is not a list of known integers");
}

ValueMeta Emitter::meta(std::string_view argument_name) const {
  const Argument* found = given(argument_name);
  const auto* value = found ? std::get_if<ValueRef>(found) : nullptr;
  return value ? meta_of(*value) : ValueMeta{};
}

ValueMeta Emitter::meta_of(const ValueRef& value) const {
  const auto meta = state_.metas.find(value.name);
  return meta == state_.metas.end() ? ValueMeta{} : meta->second;
}

TsNode& Emitter::append(std::string op, std::vector<ValueId> inputs) {
  TsNode node;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.source = source_;
  state_.graph.nodes.push_back(std::move(node));
  return state_.graph.nodes.back();
}

ValueId Emitter::emit(std::string op, std::vector<ValueId> inputs) {
  const ValueId id = state_.graph.add_value({});
  append(std::move(op), std::move(inputs)).outputs = {id};
  return id;
}

ValueId Emitter::emit(Build build, std::vector<ValueId> inputs) {
  const ValueId id = emit(node_.target, std::move(inputs));
  state_.graph.nodes.back().build = std::move(build);
  return id;
}

std::vector<ValueId> Emitter::bind_results() {
  std::vector<ValueId> ids;
  for (const Value& output : node_.outputs) {
    TsValue value;
    value.name = output.name;
    value.shape = output.meta.shape;
    value.type = output.meta.is_tensor ? ov::Any(type::Tensor(output.meta.type))
                                       : scalar_type(output.meta.type);
    ids.push_back(state_.graph.add_value(std::move(value)));
    if (!output.name.empty()) state_.ids[output.name] = ids.back();
  }
  return ids;
}

std::vector<ValueId> Emitter::bind_read_results() {
  std::vector<ValueId> ids = bind_results();
  while (ids.size() > 1 && !state_.read.contains(node_.outputs[ids.size() - 1].name))
    ids.pop_back();
  return ids;
}

void Emitter::finish(std::string op, std::vector<ValueId> inputs) {
  if (!node_.output_is_list) {
    TsNode& node = append(std::move(op), std::move(inputs));
    const std::size_t at = static_cast<std::size_t>(&node - state_.graph.nodes.data());
    state_.graph.nodes[at].outputs = bind_results();
    return;
  }
  const ValueId whole = emit(std::move(op), std::move(inputs));
  state_.graph.values[whole].type = type::List(type::Tensor(ov::element::dynamic));
  append("prim::ListUnpack", {whole}).outputs = bind_results();
}

void Emitter::finish(Build build, std::vector<ValueId> inputs) {
  append(node_.target, std::move(inputs)).build = std::move(build);
  state_.graph.nodes.back().outputs = bind_read_results();
}

void Emitter::finish_fx(std::string row, std::vector<ValueId> inputs) {
  append(node_.target, std::move(inputs)).fx_row = std::move(row);
  state_.graph.nodes.back().outputs = bind_read_results();
}

void Emitter::refuse() {
  std::vector<ValueId> inputs;
  for (const NamedArgument& argument : node_.arguments)
    for_each_reference(argument.value, [&](const std::string& name) {
      if (const auto found = state_.ids.find(name); found != state_.ids.end())
        inputs.push_back(found->second);
    });
  append(unconvertible_prefix + node_.target, std::move(inputs)).outputs = bind_results();
}

void Emitter::alias(ValueId value, std::size_t index) {
  if (index < node_.outputs.size() && !node_.outputs[index].name.empty())
    state_.ids[node_.outputs[index].name] = value;
}

}  // namespace octet::importer::aten
