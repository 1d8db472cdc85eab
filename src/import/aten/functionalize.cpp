#include "import/aten/functionalize.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "import/aten/references.hpp"
#include "import/aten/schema.hpp"
#include "import/aten/view_inverse.hpp"

namespace octet::importer::aten {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// A tensor that the program can name: a memory, seen through a chain of views. Views of a memory
/// that was written to since they were computed are computed again when they are read.
struct Handle {
  std::size_t parent = none;  ///< the handle that this is a view of
  std::size_t view = none;    ///< index of the viewing node among the given program's nodes
  std::size_t result = 0;     ///< which of the viewing node's results this is
  std::size_t memory = none;
  std::string name;         ///< of the value that holds the newest contents computed
  std::size_t version = 0;  ///< of the memory, when `name` was computed
};

/// In-place operators that change how the tensor is looked at, not what it holds.
constexpr std::string_view reshaping[] = {"aten.squeeze_",   "aten.unsqueeze_", "aten.t_",
                                          "aten.transpose_", "aten.swapaxes_",  "aten.detach_"};

/// Operators that return the tensor itself when the model does not train, whatever the schema says.
constexpr std::string_view returning_itself[] = {
    "aten.dropout", "aten.feature_dropout", "aten.alpha_dropout", "aten.feature_alpha_dropout"};

/// The operator's name and overload: `aten.add_`, `Tensor`.
std::pair<std::string, std::string> split_target(const std::string& target) {
  const std::size_t dot = target.rfind('.');
  return {target.substr(0, dot), dot == std::string::npos ? "" : target.substr(dot + 1)};
}

/// Overloads that are named otherwise in place.
constexpr std::pair<std::string_view, std::string_view> other_overloads[] = {
    {"aten.float_power_.Tensor", "aten.float_power.Tensor_Tensor"},
    {"aten.floor_divide_.Tensor", "aten.floor_divide.default"},
    {"aten.pow_.Scalar", "aten.pow.Tensor_Scalar"},
    {"aten.pow_.Tensor", "aten.pow.Tensor_Tensor"},
    {"aten.transpose_.default", "aten.transpose.int"},
};

/// `aten.add.Tensor` of `aten.add_.Tensor`. An operator without a functional form stays itself: its
/// result is read, so that it is refused where there is no conversion.
std::string functional_target(const std::string& target) {
  for (const auto& [in_place, functional] : other_overloads)
    if (target == in_place) return std::string(functional);
  auto [op, overload] = split_target(target);
  if (op.ends_with('_') && !op.ends_with("__")) op.pop_back();
  const std::string name = op + "." + overload;
  return find_schema(name) ? name : target;
}

/// The in-place spelling may name its arguments otherwise: `dropout_(self)`, `dropout(input)`.
void rename_arguments(std::vector<NamedArgument>& arguments, const Schema& from, const Schema& to) {
  for (NamedArgument& argument : arguments)
    if (const auto index = from.index_of(argument.name); index && *index < to.arguments.size())
      argument.name = to.arguments[*index].name;
}

class Functionalizer {
 public:
  explicit Functionalizer(const Program& given) : given_(given) {}

  Program run() {
    Program result = given_;
    if (std::ranges::none_of(given_.nodes, [](const Node& node) {
          const Schema* schema = find_schema(node.target);
          return schema && schema->writes();
        }))
      return result;
    for (const Input& input : given_.inputs) {
      kept_names_[versions_.size()] = input.user_name.empty() ? input.name : input.user_name;
      add_memory(input.name, input.meta);
    }
    for (const Weight& weight : given_.weights) {
      kept_names_[versions_.size()] = weight.qualified_name;
      add_memory(weight.name, {weight.data.get_element_type(), weight.data.get_shape(), true});
    }
    for (std::size_t i = 0; i < given_.nodes.size(); ++i) take(i);
    for (Output& output : result.outputs)
      if (!output.name.empty()) output.name = newest(output.name);
    result.nodes = std::move(nodes_);
    for (const auto& [memory, name] : kept_names_)
      if (versions_[memory] > 0) result.diagnostics.push_back(state_dropped(name));
    return result;
  }

 private:
  std::size_t add_memory(const std::string& name, const ValueMeta& meta) {
    Handle handle;
    handle.memory = versions_.size();
    handle.name = name;
    versions_.push_back(0);
    return add_handle(name, std::move(handle), meta);
  }

  std::size_t add_handle(const std::string& name, Handle handle, const ValueMeta& meta) {
    handles_.push_back(std::move(handle));
    by_name_[name] = handles_.size() - 1;
    metas_[name] = meta;
    return handles_.size() - 1;
  }

  /// Name of the value that holds what `name` holds now.
  std::string newest(const std::string& name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? name : refresh(found->second);
  }

  std::string refresh(std::size_t index) {
    const Handle handle = handles_[index];
    const std::size_t version = versions_[handle.memory];
    if (handle.version == version) return handle.name;
    // A view of a memory that was written to: look again.
    Node again = given_.nodes[handle.view];
    read_newest(again);
    for (std::size_t i = 0; i < again.outputs.size(); ++i)
      if (!again.outputs[i].name.empty()) again.outputs[i].name += again_suffix(version);
    // All pieces of a split are looked at anew together.
    for (Handle& other : handles_) {
      if (other.view != handle.view) continue;
      other.name = again.outputs[other.result].name;
      other.version = version;
      metas_[other.name] = again.outputs[other.result].meta;
    }
    nodes_.push_back(std::move(again));
    return handles_[index].name;
  }

  static std::string again_suffix(std::size_t version) {
    return "/after_write_" + std::to_string(version);
  }

  void read_newest(Node& node) {
    for (NamedArgument& argument : node.arguments)
      for_each_reference(argument.value, [&](std::string& name) { name = newest(name); });
  }

  static const std::string* reference_of(const Node& node, const std::string& argument) {
    for (const NamedArgument& given : node.arguments)
      if (given.name == argument)
        if (const auto* value = std::get_if<ValueRef>(&given.value)) return &value->name;
    return nullptr;
  }

  void take(std::size_t index) {
    const Node& node = given_.nodes[index];
    const Schema* schema = find_schema(node.target);
    const SchemaArgument* first =
        schema && !schema->arguments.empty() ? &schema->arguments[0] : nullptr;
    const std::string* target = first ? reference_of(node, first->name) : nullptr;
    const auto known = target ? by_name_.find(*target) : by_name_.end();
    if (known != by_name_.end() && first->is_written)
      return write(node, known->second, functional_target(node.target));
    Node copy = node;
    read_newest(copy);
    const bool may_share = known != by_name_.end() && !first->is_written &&
                           (first->is_aliased ||
                            std::ranges::count(returning_itself, split_target(node.target).first));
    const bool is_view = may_share && shares_memory(node);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const Value& output = node.outputs[i];
      if (output.name.empty()) continue;
      if (!is_view) {
        add_memory(output.name, output.meta);
        continue;
      }
      Handle handle;
      handle.parent = known->second;
      handle.view = index;
      handle.result = i;
      handle.memory = handles_[known->second].memory;
      handle.name = output.name;
      handle.version = versions_[handle.memory];
      add_handle(output.name, std::move(handle), output.meta);
    }
    nodes_.push_back(std::move(copy));
  }

  /// A conversion to another element type copies.
  bool shares_memory(const Node& node) const {
    const std::string* source = reference_of(node, find_schema(node.target)->arguments[0].name);
    const auto meta = metas_.find(*source);
    return meta == metas_.end() || node.outputs.empty() ||
           meta->second.type == node.outputs[0].meta.type;
  }

  void write(const Node& node, std::size_t handle, const std::string& functional) {
    Node computed = node;
    computed.target = functional;
    rename_arguments(computed.arguments, *find_schema(node.target), *find_schema(functional));
    read_newest(computed);
    const auto op = split_target(node.target).first;
    const std::string name = node.outputs.empty() || node.outputs[0].name.empty()
                                 ? handles_[handle].name + "/" + op
                                 : node.outputs[0].name;
    ValueMeta meta = node.outputs.empty() ? metas_[handles_[handle].name] : node.outputs[0].meta;
    if (std::ranges::count(reshaping, op)) {
      // Both names now mean the new look at the same memory.
      nodes_.push_back(computed);
      Handle look = handles_[handle];
      look.name = name;
      handles_.push_back(look);
      by_name_[name] = handles_.size() - 1;
      for (auto& [known, target] : by_name_)
        if (target == handle) target = handles_.size() - 1;
      metas_[name] = meta;
      return;
    }
    if (needs_cast(computed, meta)) {
      Node cast;
      cast.target = "octet.as_type";
      cast.source = node.source;
      cast.arguments = {{"self", ValueRef{name + "/uncast"}}};
      cast.outputs = {{name, meta}};
      computed.outputs = {{name + "/uncast", {}}};
      nodes_.push_back(std::move(computed));
      nodes_.push_back(std::move(cast));
    } else {
      computed.outputs = {{name, meta}};
      nodes_.push_back(std::move(computed));
    }
    metas_[name] = meta;
    const std::size_t version = ++versions_[handles_[handle].memory];
    handles_[handle].name = name;
    handles_[handle].version = version;
    by_name_[name] = handle;
    // What the view shows is written back to what it is a view of.
    std::string part = name;
    for (std::size_t at = handle; handles_[at].parent != none; at = handles_[at].parent) {
      Handle& parent = handles_[handles_[at].parent];
      Node back =
          undo_view(given_.nodes[handles_[at].view], handles_[at].result, parent.name, part);
      back.source = node.source;
      const std::string whole =
          name + "/write_" + std::to_string(version) + "_" + std::to_string(handles_[at].parent);
      back.outputs = {{whole, metas_[parent.name]}};
      metas_[whole] = metas_[parent.name];
      nodes_.push_back(std::move(back));
      parent.name = whole;
      parent.version = version;
      part = whole;
    }
  }

  /// The tensor keeps its type: what other operands would promote is converted back.
  bool needs_cast(const Node& node, const ValueMeta& meta) const {
    bool differs = false;
    for (const NamedArgument& argument : node.arguments)
      for_each_reference(argument.value, [&](const std::string& name) {
        const auto known = metas_.find(name);
        if (known != metas_.end() && known->second.is_tensor && known->second.type != meta.type)
          differs = true;
      });
    return differs && meta.type.is_static();
  }

  const Program& given_;
  std::vector<Node> nodes_;
  std::vector<Handle> handles_;
  std::vector<std::size_t> versions_;  ///< of each memory: how often it was written to
  std::map<std::string, std::size_t> by_name_;
  std::map<std::string, ValueMeta> metas_;
  std::map<std::size_t, std::string> kept_names_;  ///< memories that outlive a run: user's names
};

}  // namespace

Diagnostic state_dropped(const std::string& name) {
  return {Diagnostic::Severity::warning,
          "import",
          "state_dropped",
          "'" + name + "'",
          "the model writes to it while it runs; the converted model does not keep what is written",
          "Return the new value as an output of the model if the next call needs it"};
}

Program functionalize(const Program& program) {
  return Functionalizer(program).run();
}

}  // namespace octet::importer::aten
