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
         (path.size() == module.size() || path[module.size()] == '.' || path[module.size()] == '/');
}

/// `a.b.c`, `a.b`, `a` and the root, which has no name.
std::vector<std::string> module_and_parents(std::string path) {
  std::vector<std::string> paths = {path};
  while (!path.empty()) {
    const std::size_t dot = path.find_last_of('.');
    path.resize(dot == std::string::npos ? 0 : dot);
    paths.push_back(path);
  }
  return paths;
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
      : scope_(scope), graph_(graph), all_sources_(sources) {
    for (int node = 0; node < graph.size(); ++node)
      sources_.push_back(sources.find(graph.name(node)));
    result_.rule_of.assign(graph.nodes.size(), -1);
  }

  ResolvedScope run() {
    for (const std::string& name : scope_.names) {
      ScopeRule rule{"name", "'" + name + "'", named(name), "", ""};
      if (rule.nodes.empty()) explain_name(name, rule);
      add(std::move(rule));
    }
    for (const std::string& pattern : scope_.patterns) {
      ScopeRule rule{"pattern", "'" + pattern + "'", fitting(pattern), "", ""};
      if (rule.nodes.empty()) rule.problem = nothing, rule.remedy = suggest_name(pattern);
      add(std::move(rule));
    }
    for (const std::string& type : scope_.types) {
      ScopeRule rule{"type", "'" + type + "'", typed(type), "", ""};
      if (rule.nodes.empty()) rule.problem = nothing, rule.remedy = suggest_type(type);
      add(std::move(rule));
    }
    for (const Subgraph& subgraph : scope_.subgraphs) add(between(subgraph));
    return std::move(result_);
  }

 private:
  static constexpr const char* nothing = "it matches nothing";

  template <typename Predicate>
  std::vector<int> select(const Predicate& predicate) const {
    std::vector<int> nodes;
    for (int node = 0; node < graph_.size(); ++node)
      if (graph_.op[node] != Op::Constant && predicate(node)) nodes.push_back(node);
    return nodes;
  }

  std::vector<int> named(const std::string& name) const {
    if (name.empty()) return {};
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
    if (const SourceInfo* source = sources_[node]; source && !source->op_type.empty()) {
      const auto names = spellings(source->op_type);
      types.insert(types.end(), names.begin(), names.end());
    }
    return types;
  }

  std::vector<int> typed(const std::string& type) const {
    if (type.empty()) return {};
    std::set<std::string> modules;  // paths of those whose class it is
    for (const SourceInfo* source : sources_)
      if (source && (source->module_class == type || last_part(source->module_class) == type))
        modules.insert(source->module_path);
    return select([&](int node) {
      const std::vector<std::string> types = types_of(node);
      if (std::find(types.begin(), types.end(), type) != types.end()) return true;
      if (modules.empty() || !sources_[node] || sources_[node]->module_class.empty()) return false;
      const std::vector<std::string> paths = module_and_parents(sources_[node]->module_path);
      return std::any_of(paths.begin(), paths.end(),
                         [&](const std::string& path) { return modules.count(path) > 0; });
    });
  }

  ScopeRule between(const Subgraph& subgraph) const {
    ScopeRule rule{"subgraph",
                   "from '" + core::join(subgraph.inputs, "', '") + "' to '" +
                       core::join(subgraph.outputs, "', '") + "'",
                   {},
                   "",
                   ""};
    std::vector<char> below(graph_.nodes.size(), 0), above(graph_.nodes.size(), 0);
    mark(subgraph.inputs, below, rule);
    mark(subgraph.outputs, above, rule);
    for (const Edge& edge : graph_.edges) below[edge.node] |= below[edge.source];
    for (auto edge = graph_.edges.rbegin(); edge != graph_.edges.rend(); ++edge)
      above[edge->source] |= above[edge->node];
    rule.nodes = select([&](int node) { return below[node] && above[node]; });
    if (rule.nodes.empty() && rule.problem.empty()) {
      rule.problem = "no path leads from its inputs to its outputs";
      rule.remedy = "Check which way the data flow, with 'octet inspect'";
    }
    return rule;
  }

  void mark(const std::vector<std::string>& names, std::vector<char>& marks,
            ScopeRule& rule) const {
    for (const std::string& name : names) {
      const std::vector<int> nodes = named(name);
      for (const int node : nodes) marks[node] = 1;
      if (!nodes.empty() || !rule.problem.empty()) continue;
      explain_name(name, rule);
      if (rule.problem == nothing) rule.problem = "nothing has the name '" + name + "'";
    }
  }

  /// Says what the user may have meant by a name that no operation has.
  void explain_name(const std::string& name, ScopeRule& rule) const {
    for (int node = 0; node < graph_.size(); ++node) {
      if (graph_.op[node] != Op::Constant || graph_.name(node) != name || graph_.out[node].empty())
        continue;
      rule.problem = "'" + name + "' is a constant";
      rule.remedy =
          "Name what reads it: '" + graph_.name(graph_.edges[graph_.out[node][0]].node) + "'";
      return;
    }
    for (const auto& [node, source] : all_sources_.entries()) {
      if (node != name && source.value_name != name && !is_within(source.module_path, name))
        continue;
      rule.problem = "'" + name + "' has become part of the layer before it";
      rule.remedy = "Name that layer";
      return;
    }
    rule.problem = nothing;
    rule.remedy = suggest_name(name);
  }

  std::string suggest_name(const std::string& word) const {
    std::set<std::string> known;
    for (int node = 0; node < graph_.size(); ++node) {
      if (graph_.op[node] == Op::Constant) continue;
      known.insert(graph_.name(node));
      if (const SourceInfo* source = sources_[node]) {
        known.insert(source->value_name);
        for (std::string& path : module_and_parents(source->module_path))
          known.insert(std::move(path));
      }
    }
    return suggest(word, std::move(known), "names");
  }

  std::string suggest_type(const std::string& word) const {
    std::set<std::string> known;
    for (int node = 0; node < graph_.size(); ++node) {
      if (graph_.op[node] == Op::Constant) continue;
      for (std::string& type : types_of(node)) known.insert(std::move(type));
      if (!sources_[node]) continue;
      known.insert(sources_[node]->module_class);
      known.insert(last_part(sources_[node]->module_class));
    }
    return suggest(word, std::move(known), "types");
  }

  static std::string suggest(const std::string& word, std::set<std::string> known,
                             const char* what) {
    known.erase("");
    std::vector<std::string> nearest = core::nearest(word, {known.begin(), known.end()});
    for (std::string& name : nearest) name = "'" + name + "'";
    return std::string("The nearest ") + what + " are " + core::join_words(nearest);
  }

  void add(ScopeRule rule) {
    const int index = static_cast<int>(result_.rules.size());
    for (const int node : rule.nodes)
      if (result_.rule_of[node] < 0) result_.rule_of[node] = index;
    result_.rules.push_back(std::move(rule));
  }

  const IgnoredScope& scope_;
  const Graph& graph_;
  const SourceMap& all_sources_;
  std::vector<const SourceInfo*> sources_;
  ResolvedScope result_;
};

}  // namespace

void check(const ResolvedScope& scope) {
  for (const ScopeRule& rule : scope.rules)
    if (!rule.problem.empty())
      throw Error(ErrorCode::ignored_scope_mismatch, "graph", "ignored scope, " + rule.words(),
                  rule.problem, rule.remedy);
}

ResolvedScope resolve(const IgnoredScope& scope, const Graph& graph, const SourceMap& sources) {
  return Resolver(scope, graph, sources).run();
}

}  // namespace octet::graph
