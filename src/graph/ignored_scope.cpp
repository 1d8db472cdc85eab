#include "graph/ignored_scope.hpp"

#include <algorithm>
#include <regex>
#include <set>

#include "core/text.hpp"

namespace octet::graph {
namespace {

/// `path` is `module` or lies in it.
bool is_within(const std::string& path, const std::string& module) {
  return path.compare(0, module.size(), module) == 0 && !module.empty() &&
         (path.size() == module.size() || path[module.size()] == '.');
}

std::string last_part(const std::string& text) {
  const std::size_t dot = text.find_last_of('.');
  return dot == std::string::npos ? text : text.substr(dot + 1);
}

/// `aten.conv2d.default` is known as that, as `aten.conv2d`, as `aten::conv2d` and as `conv2d`.
std::vector<std::string> spellings(const std::string& op_type) {
  std::vector<std::string> result = {op_type};
  const std::size_t first = op_type.find('.');
  if (first == std::string::npos) return result;
  const std::size_t second = op_type.find('.', first + 1);
  const std::string op = op_type.substr(first + 1, second - first - 1);
  result.push_back(op_type.substr(0, second));
  result.push_back(op_type.substr(0, first) + "::" + op);
  result.push_back(op);
  return result;
}

class Resolver {
 public:
  Resolver(const IgnoredScope& scope, const Graph& graph, const SourceMap& sources)
      : scope_(scope), graph_(graph) {
    for (int node = 0; node < graph.size(); ++node)
      sources_.push_back(sources.find(graph.name(node)));
    result_.rule_of.assign(graph.nodes.size(), -1);
  }

  ResolvedScope run() {
    for (const std::string& name : scope_.names) add("name", "'" + name + "'", named(name), name);
    for (const std::string& pattern : scope_.patterns)
      add("pattern", "'" + pattern + "'", fitting(pattern), pattern);
    for (const std::string& type : scope_.types) add("type", "'" + type + "'", typed(type), type);
    for (const Subgraph& subgraph : scope_.subgraphs) {
      const std::string text = "from '" + core::join(subgraph.inputs, "', '") + "' to '" +
                               core::join(subgraph.outputs, "', '") + "'";
      add("subgraph", text, between(subgraph, text), "");
    }
    return std::move(result_);
  }

 private:
  template <typename Predicate>
  std::vector<int> select(const Predicate& predicate) const {
    std::vector<int> nodes;
    for (int node = 0; node < graph_.size(); ++node)
      if (graph_.op[node] != Op::Constant && predicate(node)) nodes.push_back(node);
    return nodes;
  }

  std::vector<int> named(const std::string& name) const {
    return select([&](int node) {
      const SourceInfo* source = sources_[node];
      return graph_.name(node) == name ||
             (source && (source->value_name == name || is_within(source->module_path, name)));
    });
  }

  std::vector<int> fitting(const std::string& pattern) const {
    std::regex expression;
    try {
      expression.assign(pattern);
    } catch (const std::regex_error& error) {
      throw Error(ErrorCode::invalid_argument, "graph", "ignored scope",
                  "'" + pattern + "' is no regular expression (" + error.what() + ")",
                  "Use the syntax of ECMAScript");
    }
    const auto fits = [&](const std::string& text) {
      return !text.empty() &&
             std::regex_search(text, expression, std::regex_constants::match_continuous);
    };
    return select([&](int node) {
      const SourceInfo* source = sources_[node];
      return fits(graph_.name(node)) ||
             (source && (fits(source->value_name) || fits(source->module_path)));
    });
  }

  std::vector<std::string> types_of(int node) const {
    std::vector<std::string> types = {graph_.nodes[node]->get_type_name()};
    if (const SourceInfo* source = sources_[node]) {
      if (!source->op_type.empty()) {
        const auto names = spellings(source->op_type);
        types.insert(types.end(), names.begin(), names.end());
      }
      if (!source->module_class.empty()) {
        types.push_back(source->module_class);
        types.push_back(last_part(source->module_class));
      }
    }
    return types;
  }

  std::vector<int> typed(const std::string& type) const {
    return select([&](int node) {
      const std::vector<std::string> types = types_of(node);
      return std::find(types.begin(), types.end(), type) != types.end();
    });
  }

  std::vector<int> between(const Subgraph& subgraph, const std::string& text) const {
    std::vector<char> below(graph_.nodes.size(), 0), above(graph_.nodes.size(), 0);
    mark(subgraph.inputs, text, below);
    mark(subgraph.outputs, text, above);
    for (const Edge& edge : graph_.edges) below[edge.node] |= below[edge.source];
    for (auto edge = graph_.edges.rbegin(); edge != graph_.edges.rend(); ++edge)
      above[edge->source] |= above[edge->node];
    return select([&](int node) { return below[node] && above[node]; });
  }

  void mark(const std::vector<std::string>& names, const std::string& text,
            std::vector<char>& marks) const {
    for (const std::string& name : names) {
      const std::vector<int> nodes = named(name);
      if (nodes.empty() && scope_.validate)
        fail_scope("subgraph " + text, "nothing has the name '" + name + "'", suggest(name, false));
      for (const int node : nodes) marks[node] = 1;
    }
  }

  std::string suggest(const std::string& word, bool of_types) const {
    std::set<std::string> known;
    for (int node = 0; node < graph_.size(); ++node) {
      if (graph_.op[node] == Op::Constant) continue;
      if (of_types) {
        for (const std::string& type : types_of(node)) known.insert(type);
        continue;
      }
      known.insert(graph_.name(node));
      if (const SourceInfo* source = sources_[node]) {
        known.insert(source->value_name);
        known.insert(source->module_path);
      }
    }
    known.erase("");
    std::vector<std::string> nearest = core::nearest(word, {known.begin(), known.end()});
    for (std::string& name : nearest) name = "'" + name + "'";
    return "The nearest " + std::string(of_types ? "types" : "names") + " are " +
           core::join_words(nearest);
  }

  void add(const std::string& kind, const std::string& text, std::vector<int> nodes,
           const std::string& word) {
    const std::string rule = kind + " " + text;
    if (nodes.empty() && scope_.validate) {
      if (kind == "subgraph")
        fail_scope(rule, "no path leads from its inputs to its outputs",
                   "Check which way the data flow, with 'octet inspect'");
      fail_scope(rule, "it matches nothing", suggest(word, kind == "type"));
    }
    const int index = static_cast<int>(result_.rules.size());
    for (const int node : nodes)
      if (result_.rule_of[node] < 0) result_.rule_of[node] = index;
    result_.rules.push_back(rule);
    result_.nodes.push_back(std::move(nodes));
  }

  const IgnoredScope& scope_;
  const Graph& graph_;
  std::vector<const SourceInfo*> sources_;
  ResolvedScope result_;
};

}  // namespace

void fail_scope(const std::string& rule, const std::string& problem, const std::string& remedy) {
  throw Error(ErrorCode::ignored_scope_mismatch, "graph", "ignored scope, " + rule, problem,
              remedy);
}

ResolvedScope resolve(const IgnoredScope& scope, const Graph& graph, const SourceMap& sources) {
  return Resolver(scope, graph, sources).run();
}

}  // namespace octet::graph
