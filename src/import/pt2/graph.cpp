#include "import/pt2/graph.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "import/aten/captured.hpp"
#include "import/aten/references.hpp"

namespace octet::importer::pt2 {
namespace {

using aten::Argument;

template <class T, class Read>
std::vector<T> read_list(const View& list, Read read) {
  std::vector<T> items;
  for (std::size_t i = 0; i < list.size(); ++i) items.push_back(read(list.item(i)));
  return items;
}

aten::ValueRef tensor_ref(const View& tensor) {
  return {tensor.at("name").text()};
}

aten::SymInt sym_int(const View& argument) {
  const auto [kind, value] = argument.tagged();
  if (kind == "as_int") return {value.integer(), {}};
  if (kind == "as_name") return {std::nullopt, value.text()};
  argument.fail("the kind '" + kind + "' of symbolic integer is not known");
}

std::optional<aten::ValueRef> optional_ref(const View& argument) {
  const auto [kind, value] = argument.tagged();
  if (kind == "as_none") return std::nullopt;
  if (kind == "as_tensor") return tensor_ref(value);
  argument.fail("the kind '" + kind + "' of optional tensor is not known");
}

struct ArgumentRow {
  const char* kind;
  Argument (*read)(const View&);
};

const std::array argument_rows = {
    ArgumentRow{"as_none", [](const View&) -> Argument { return aten::NoneValue{}; }},
    ArgumentRow{"as_tensor", [](const View& v) -> Argument { return tensor_ref(v); }},
    ArgumentRow{"as_tensors",
                [](const View& v) -> Argument { return read_list<aten::ValueRef>(v, tensor_ref); }},
    ArgumentRow{"as_int",
                [](const View& v) -> Argument {
                  return aten::SymInt{v.integer(), {}};
                }},
    ArgumentRow{"as_ints",
                [](const View& v) -> Argument {
                  return read_list<aten::SymInt>(v, [](const View& item) {
                    return aten::SymInt{item.integer(), {}};
                  });
                }},
    ArgumentRow{"as_float", [](const View& v) -> Argument { return v.number(); }},
    ArgumentRow{"as_floats",
                [](const View& v) -> Argument {
                  return read_list<double>(v, [](const View& item) { return item.number(); });
                }},
    ArgumentRow{"as_string", [](const View& v) -> Argument { return v.text(); }},
    ArgumentRow{"as_strings",
                [](const View& v) -> Argument {
                  return read_list<std::string>(v, [](const View& item) { return item.text(); });
                }},
    ArgumentRow{"as_sym_int", [](const View& v) -> Argument { return sym_int(v); }},
    ArgumentRow{"as_sym_ints",
                [](const View& v) -> Argument { return read_list<aten::SymInt>(v, sym_int); }},
    ArgumentRow{"as_scalar_type",
                [](const View& v) -> Argument { return aten::DtypeCode{c10_code(v)}; }},
    ArgumentRow{"as_memory_format",
                [](const View& v) -> Argument {
                  return aten::SymInt{v.integer(), {}};
                }},
    ArgumentRow{"as_layout",
                [](const View& v) -> Argument {
                  return aten::SymInt{v.integer(), {}};
                }},
    ArgumentRow{"as_device", [](const View& v) -> Argument { return v.at("type").text(); }},
    ArgumentRow{"as_bool", [](const View& v) -> Argument { return v.boolean(); }},
    ArgumentRow{"as_bools",
                [](const View& v) -> Argument {
                  return read_list<bool>(v, [](const View& item) { return item.boolean(); });
                }},
    ArgumentRow{"as_sym_bool",
                [](const View& v) -> Argument {
                  const auto [kind, value] = v.tagged();
                  if (kind == "as_bool") return value.boolean();
                  return aten::ValueRef{value.text()};
                }},
    ArgumentRow{"as_sym_float",
                [](const View& v) -> Argument {
                  const auto [kind, value] = v.tagged();
                  if (kind == "as_float") return value.number();
                  return aten::ValueRef{value.text()};
                }},
    ArgumentRow{"as_optional_tensor",
                [](const View& v) -> Argument {
                  const auto tensor = optional_ref(v);
                  return tensor ? Argument(*tensor) : Argument(aten::NoneValue{});
                }},
    ArgumentRow{"as_optional_tensors",
                [](const View& v) -> Argument {
                  return aten::OptionalRefs{
                      read_list<std::optional<aten::ValueRef>>(v, optional_ref)};
                }},
};

class NodeReader {
 public:
  NodeReader(const View& graph, const Bounds& bounds) : bounds_(bounds) {
    for (const char* table : {"tensor_values", "sym_int_values", "sym_bool_values"})
      if (graph.has(table))
        for (const auto& member : graph.at(table).members()) names_.insert(member.first);
  }

  void read(const View& graph) {
    const View list = graph.at("nodes");
    for (std::size_t i = 0; i < list.size(); ++i) read_node(graph, list.item(i));
  }

  const std::map<std::string, std::string>& replacements() const { return replacements_; }

  std::vector<aten::Node> nodes;

 private:
  void read_node(const View& graph, const View& json) {
    aten::Node node;
    node.target = json.at("target").text();
    constexpr std::string_view prefix = "torch.ops.";
    if (node.target.starts_with(prefix)) node.target.erase(0, prefix.size());
    node.source = read_source(json);
    node.source.op_type = node.target;
    const View inputs = json.at("inputs"), outputs = json.at("outputs");
    if (std::ranges::count(aten::mode_wrappers, node.target)) return inline_graph(json);
    const bool is_nested = node.target.starts_with("higher_order.");
    for (std::size_t i = 0; i < inputs.size() && !is_nested; ++i) {
      const View input = inputs.item(i);
      node.arguments.push_back({input.at("name").text(), read_argument(input.at("arg"))});
    }
    for (std::size_t i = 0; i < outputs.size(); ++i)
      read_output(graph, outputs.item(i), outputs.size(), node);
    if (!node.outputs.empty()) node.source.value_name = node.outputs.front().name;
    rename(node);
    nodes.push_back(std::move(node));
  }

  void read_output(const View& graph, const View& output, std::size_t count, aten::Node& node) {
    // Named, not bound: clang 14 lets no lambda capture a structured binding.
    const std::pair<std::string, View> tagged = output.tagged();
    const std::string& kind = tagged.first;
    const View& value = tagged.second;
    const auto add = [&](const std::string& name) {
      node.outputs.push_back({name, value_meta(graph, kind, name, bounds_)});
    };
    if (kind == "as_tensor") {
      add(value.at("name").text());
    } else if (kind == "as_tensors") {
      node.output_is_list = count == 1;
      for (std::size_t i = 0; i < value.size(); ++i) add(value.item(i).at("name").text());
    } else if (kind == "as_sym_int" || kind == "as_sym_bool" || kind == "as_sym_float") {
      const auto [symbol_kind, symbol] = value.tagged();
      if (symbol_kind != "as_name") value.fail("a result has no name");
      add(symbol.text());
    } else if (kind == "as_none") {
      node.outputs.push_back({"", {}});
    } else if (kind == "as_optional_tensors") {
      for (std::size_t i = 0; i < value.size(); ++i)
        if (const auto item = optional_ref(value.item(i)))
          node.outputs.push_back({item->name, value_meta(graph, "as_tensor", item->name, bounds_)});
        else
          node.outputs.push_back({"", {}});
    } else {
      output.fail("a result of the kind '" + kind + "' cannot be read",
                  ErrorCode::unsupported_model);
    }
  }

  /// Renames the values of the nested graph apart from those around it and appends its nodes.
  void inline_graph(const View& json) {
    const View inputs = json.at("inputs"), outputs = json.at("outputs");
    std::optional<View> nested;
    std::vector<Argument> operands;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const View argument = inputs.item(i).at("arg");
      const auto [kind, value] = argument.tagged();
      if (kind == "as_graph")
        nested = value.at("graph");
      else if (nested && kind != "as_string_to_argument")
        operands.push_back(read_argument(argument));
    }
    if (!nested) json.fail("the nested graph is missing");
    const View formal = nested->at("inputs"), results = nested->at("outputs");
    if (formal.size() > operands.size())
      json.fail("the nested graph has more inputs than are given");
    auto outer = std::move(replacements_);
    std::map<std::string, std::string> inner;
    for (std::size_t i = 0; i < formal.size(); ++i) {
      const auto [kind, value] = formal.item(i).tagged();
      if (kind != "as_tensor" && kind != "as_sym_int") continue;
      const std::string name =
          kind == "as_tensor" ? value.at("name").text() : value.at("as_name").text();
      aten::for_each_reference(operands[i], [&](const std::string& given) {
        const auto found = outer.find(given);
        inner[name] = found == outer.end() ? given : found->second;
      });
    }
    replacements_ = inner;
    const std::string scope = "nested" + std::to_string(++nested_count_) + "_";
    for (const char* table : {"tensor_values", "sym_int_values", "sym_bool_values"})
      if (nested->has(table))
        for (const auto& member : nested->at(table).members())
          if (!replacements_.contains(member.first) && !names_.insert(member.first).second)
            replacements_[member.first] = scope + member.first;
    read(*nested);
    // The call's results are the nested graph's.
    inner = std::move(replacements_);
    replacements_ = std::move(outer);
    std::vector<std::string> given = names_of(results), wanted = names_of(outputs);
    if (given.size() < wanted.size()) json.fail("the nested graph has fewer results than are read");
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto found = inner.find(given[i]);
      replacements_[wanted[i]] = found == inner.end() ? given[i] : found->second;
    }
  }

  static std::vector<std::string> names_of(const View& arguments) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      Argument argument = read_argument(arguments.item(i));
      aten::for_each_reference(argument, [&](const std::string& name) { names.push_back(name); });
    }
    return names;
  }

  void rename(aten::Node& node) const {
    const auto apply = [&](std::string& name) {
      if (const auto found = replacements_.find(name); found != replacements_.end())
        name = found->second;
    };
    for (auto& argument : node.arguments) aten::for_each_reference(argument.value, apply);
    for (auto& output : node.outputs) apply(output.name);
  }

  const Bounds& bounds_;
  std::set<std::string> names_;
  std::map<std::string, std::string> replacements_;
  int nested_count_ = 0;
};

}  // namespace

Argument read_argument(const View& argument) {
  const auto [kind, value] = argument.tagged();
  for (const ArgumentRow& row : argument_rows)
    if (kind == row.kind) return row.read(value);
  argument.fail("an argument of the kind '" + kind + "' cannot be read",
                ErrorCode::unsupported_model);
}

Nodes read_nodes(const View& graph, const Bounds& bounds) {
  NodeReader reader(graph, bounds);
  reader.read(graph);
  return {std::move(reader.nodes), reader.replacements()};
}

aten::ValueMeta value_meta(const View& graph, const std::string& kind, const std::string& name,
                           const Bounds& bounds) {
  if (kind == "as_tensor" || kind == "as_tensors")
    return tensor_meta(graph.at("tensor_values").at(name.c_str()), bounds);
  aten::ValueMeta meta;
  meta.is_tensor = false;
  meta.shape = ov::PartialShape{};
  meta.type = kind == "as_sym_bool"    ? ov::element::boolean
              : kind == "as_sym_float" ? ov::element::f32
                                       : ov::element::i64;
  return meta;
}

SourceInfo read_source(const View& node) {
  SourceInfo info;
  if (!node.has("metadata")) return info;
  const View metadata = node.at("metadata");
  if (metadata.has("nn_module_stack")) {
    // Entries `key,path,class` from the outermost module to the innermost.
    const std::string stack = metadata.at("nn_module_stack").text();
    const std::string last = stack.substr(stack.rfind(';') + 1);
    const std::size_t first_comma = last.find(','), second_comma = last.rfind(',');
    if (first_comma != std::string::npos && second_comma > first_comma)
      aten::set_module(info, last.substr(0, first_comma),
                       last.substr(first_comma + 1, second_comma - first_comma - 1),
                       last.substr(second_comma + 1));
  }
  if (metadata.has("stack_trace"))
    info.source_line = aten::user_line(metadata.at("stack_trace").text());
  return info;
}

}  // namespace octet::importer::pt2
