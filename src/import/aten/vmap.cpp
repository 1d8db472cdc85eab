#include "import/aten/vmap.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "import/aten/references.hpp"

namespace octet::importer::aten {
namespace {

constexpr std::string_view prefix = "torch._functorch.predispatch.";

/// Operators whose result at each place depends on the operands at that place, once broadcast.
constexpr std::string_view elementwise[] = {
    "__and__",     "__or__",      "__xor__",    "_to_copy",    "abs",         "add",
    "alias",       "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not", "ceil",
    "clamp",       "clamp_max",   "clamp_min",  "clone",       "cos",         "detach",
    "div",         "eq",          "erf",        "exp",         "floor",       "floor_divide",
    "full_like",   "ge",          "gelu",       "gt",          "le",          "log",
    "logical_and", "logical_not", "logical_or", "logical_xor", "lt",          "masked_fill",
    "maximum",     "minimum",     "mul",        "ne",          "neg",         "ones_like",
    "pow",         "reciprocal",  "relu",       "remainder",   "round",       "rsqrt",
    "rsub",        "sigmoid",     "sign",       "silu",        "sin",         "sqrt",
    "sub",         "tanh",        "to",         "true_divide", "where",       "zeros_like"};

/// Operators of whose tensor only type and device matter: their result has no batch.
constexpr std::string_view filling[] = {"new_empty", "new_full", "new_ones", "new_zeros"};

/// `add` of `aten.add.Tensor`; empty for what is no ATen operator.
std::string_view operator_of(std::string_view target) {
  if (!target.starts_with("aten.")) return {};
  target.remove_prefix(5);
  return target.substr(0, target.find('.'));
}

template <std::size_t count>
bool holds(const std::string_view (&names)[count], std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

/// How deep the calls are nested that batch a value: its first axes, outermost first.
using Levels = std::set<std::int64_t>;

class Unbatcher {
 public:
  explicit Unbatcher(Program program) : program_(std::move(program)) {}

  Program run() {
    for (const Input& input : program_.inputs) metas_[input.name] = input.meta;
    for (const Weight& weight : program_.weights)
      metas_[weight.name] = {weight.data.get_element_type(), weight.data.get_shape(), true};
    std::vector<Node> given = std::move(program_.nodes);
    program_.nodes.clear();
    for (Node& node : given) {
      for (const Value& value : node.outputs) metas_[value.name] = value.meta;
      take(std::move(node));
    }
    return std::move(program_);
  }

 private:
  void take(Node node) {
    if (node.target.starts_with(prefix)) {
      const std::string_view call = std::string_view(node.target).substr(prefix.size());
      if (call == "_add_batch_dim") return add_batch(std::move(node));
      if (call == "_remove_batch_dim") return remove_batch(std::move(node));
      // The others only tell torch how deep it is.
      if (std::ranges::none_of(node.outputs, [](const Value& v) { return !v.name.empty(); }))
        return;
    }
    Levels levels;
    for (NamedArgument& argument : node.arguments)
      for_each_reference(argument.value,
                         [&](const std::string& name) { levels.merge(levels_of(name)); });
    if (levels.empty()) return append(std::move(node));
    const std::string_view op = operator_of(node.target);
    if (holds(filling, op)) return append(std::move(node));
    if (node.outputs.size() == 1 && (holds(elementwise, op) || is_plain_index(node)))
      return broadcast(std::move(node), levels);
    node.arguments.clear();
    node.target = vmapped_target;
    append(std::move(node));
  }

  void append(Node node) { program_.nodes.push_back(std::move(node)); }

  Levels levels_of(const std::string& name) const {
    const auto found = levels_.find(name);
    return found == levels_.end() ? Levels{} : found->second;
  }

  /// Whether a tensor without a batch is read at an index for each of its first axes.
  bool is_plain_index(const Node& node) const {
    if (node.target != "aten.index.Tensor" || node.arguments.size() != 2) return false;
    const auto* self = std::get_if<ValueRef>(&node.arguments[0].value);
    const auto* optional = std::get_if<OptionalRefs>(&node.arguments[1].value);
    const bool is_whole =
        std::holds_alternative<std::vector<ValueRef>>(node.arguments[1].value) ||
        (optional && std::ranges::all_of(optional->items, [](auto& i) { return i.has_value(); }));
    return self && is_whole && levels_of(self->name).empty();
  }

  /// Position of the argument: a saved program names none of them.
  static std::int64_t integer(const Node& node, std::size_t place) {
    const auto* number =
        place < node.arguments.size() ? std::get_if<SymInt>(&node.arguments[place].value) : nullptr;
    if (!number || !number->value) fail(node);
    return *number->value;
  }

  static std::string tensor(const Node& node) {
    const auto* value =
        node.arguments.empty() ? nullptr : std::get_if<ValueRef>(&node.arguments[0].value);
    if (!value || node.outputs.size() != 1) fail(node);
    return value->name;
  }

  [[noreturn]] static void fail(const Node& node) {
    throw Error(ErrorCode::corrupt_program, "import", "'" + node.source.value_name + "'",
                "the call of '" + node.target + "' has other arguments than torch.vmap gives",
                "Export the model again");
  }

  void add_batch(Node node) {
    const std::string self = tensor(node);
    Levels levels = levels_of(self);
    std::int64_t from = integer(node, 1);
    const auto to = static_cast<std::int64_t>(levels.size());
    // The value is one axis longer than what is seen of it inside.
    const ov::Rank inside = node.outputs[0].meta.shape.rank();
    if (from < 0 && inside.is_static()) from += inside.get_length() + 1;
    if (from < 0 || !levels.insert(integer(node, 2)).second) fail(node);
    levels_[node.outputs[0].name] = std::move(levels);
    move_axis(std::move(node), self, from + to, to);
  }

  void remove_batch(Node node) {
    const std::string self = tensor(node);
    Levels levels = levels_of(self);
    const std::int64_t level = integer(node, 1);
    std::int64_t out = integer(node, 3);
    const ov::Rank outside = node.outputs[0].meta.shape.rank();
    if (out < 0 && outside.is_static()) out += outside.get_length();
    if (out < 0 || node.arguments.size() != 4) fail(node);
    const auto before = std::distance(levels.begin(), levels.lower_bound(level));
    if (levels.erase(level) != 0) {
      const auto to = static_cast<std::int64_t>(levels.size()) + out;
      levels_[node.outputs[0].name] = std::move(levels);
      return move_axis(std::move(node), self, before, to);
    }
    // The same for the whole batch: repeated.
    const auto place = static_cast<std::int64_t>(levels.size()) + out;
    if (outside.is_dynamic()) fail(node);
    std::vector<SymInt> sizes(levels.size() + static_cast<std::size_t>(outside.get_length()),
                              SymInt{-1, {}});
    if (static_cast<std::size_t>(place) >= sizes.size()) fail(node);
    if (const auto* size = std::get_if<SymInt>(&node.arguments[2].value))
      sizes[static_cast<std::size_t>(place)] = *size;
    else if (const auto* name = std::get_if<ValueRef>(&node.arguments[2].value))
      sizes[static_cast<std::size_t>(place)] = {std::nullopt, name->name};
    else
      fail(node);
    const std::string longer = unsqueeze(node, self, place);
    levels_[node.outputs[0].name] = std::move(levels);
    node.target = "aten.expand.default";
    node.arguments = {{"self", ValueRef{longer}}, {"size", std::move(sizes)}};
    finish(std::move(node));
  }

  void move_axis(Node node, const std::string& self, std::int64_t from, std::int64_t to) {
    if (from == to) {
      node.target = "aten.alias.default";
      node.arguments = {{"self", ValueRef{self}}};
    } else {
      node.target = "aten.movedim.int";
      node.arguments = {
          {"self", ValueRef{self}}, {"source", SymInt{from, {}}}, {"destination", SymInt{to, {}}}};
    }
    finish(std::move(node));
  }

  /// Appends the node; what is known of its shape was of what is seen inside.
  void finish(Node node) {
    const Levels levels = levels_of(node.outputs[0].name);
    ValueMeta& meta = node.outputs[0].meta;
    if (!levels.empty())
      meta.shape =
          meta.shape.rank().is_static()
              ? ov::PartialShape::dynamic(meta.shape.rank() + static_cast<int64_t>(levels.size()))
              : ov::PartialShape::dynamic();
    append(std::move(node));
  }

  std::string unsqueeze(const Node& near, const std::string& self, std::int64_t axis) {
    Node node;
    node.target = "aten.unsqueeze.default";
    node.source = near.source;
    node.arguments = {{"self", ValueRef{self}}, {"dim", SymInt{axis, {}}}};
    node.outputs = {
        {near.outputs[0].name + "/batch_" + std::to_string(++count_), {metas_[self].type}}};
    metas_[node.outputs[0].name] = {metas_[self].type};
    append(node);
    return node.outputs[0].name;
  }

  /// Gives batched operands all the levels, and as many axes behind them as the longest has.
  void broadcast(Node node, const Levels& levels) {
    std::int64_t longest = 0;
    std::set<ov::element::Type> types;
    const auto each_operand = [&](auto visit) {
      // A plain index is of operands that broadcast together, and of what is indexed.
      const std::size_t first = node.target == "aten.index.Tensor" ? 1 : 0;
      for (std::size_t i = first; i < node.arguments.size(); ++i)
        for_each_reference(node.arguments[i].value, visit);
    };
    bool is_known = true;
    each_operand([&](std::string& name) {
      const ValueMeta& meta = metas_[name];
      if (meta.shape.rank().is_static())
        longest = std::max(longest, meta.shape.rank().get_length());
      else
        is_known = false;
      if (meta.is_tensor) types.insert(meta.type);
    });
    if (!is_known) fail(node);
    each_operand([&](std::string& name) {
      const Levels own = levels_of(name);
      if (own.empty()) return;
      std::string longer = name;
      std::int64_t at = 0;
      for (const std::int64_t level : levels) {
        if (!own.contains(level)) longer = unsqueeze(node, longer, at);
        ++at;
      }
      for (auto rank = metas_[name].shape.rank().get_length(); rank < longest; ++rank)
        longer = unsqueeze(node, longer, at);
      name = longer;
    });
    levels_[node.outputs[0].name] = levels;
    if (types.size() < 2) return finish(std::move(node));
    // torch promotes by the axes that are seen inside, not by those that are there now.
    Node cast;
    cast.target = "octet.as_type";
    cast.source = node.source;
    cast.outputs = node.outputs;
    node.outputs = {{node.outputs[0].name + "/uncast", {}}};
    cast.arguments = {{"self", ValueRef{node.outputs[0].name}}};
    append(std::move(node));
    finish(std::move(cast));
  }

  Program program_;
  std::map<std::string, Levels> levels_;
  std::map<std::string, ValueMeta> metas_;  ///< as seen inside
  int count_ = 0;
};

}  // namespace

Program unbatch(Program program) {
  const bool has_batches = std::ranges::any_of(
      program.nodes, [](const Node& node) { return node.target.starts_with(prefix); });
  return has_batches ? Unbatcher(std::move(program)).run() : program;
}

}  // namespace octet::importer::aten
