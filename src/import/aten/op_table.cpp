#include <algorithm>
#include <array>
#include <map>

#include "import/aten/emitter.hpp"

namespace octet::importer::aten {
namespace {

/// `aten.conv2d` of `aten.conv2d.default`; what has fewer dots is itself.
std::string_view operator_of(std::string_view target) {
  return std::ranges::count(target, '.') >= 2 ? target.substr(0, target.rfind('.')) : target;
}

}  // namespace

Rule find_rule(std::string_view target) {
  static const auto rules = [] {
    std::map<std::string_view, Rule> all;
    for (const auto rows : {symbolic_rows(), identity_rows(), functional_rows(), list_rows(),
                            recurrent_rows(), index_rows()})
      for (const OpRow& row : rows) all.emplace(row.target, row.rule);
    return all;
  }();
  for (std::string_view name : {target, operator_of(target)})
    if (const auto found = rules.find(name); found != rules.end()) return found->second;
  return nullptr;
}

void lower_by_schema(Emitter& emitter) {
  const std::string& target = emitter.node().target;
  const std::size_t dot = target.find('.');
  if (dot == std::string::npos) emitter.unsupported("there is no conversion for it");
  const std::string_view name = operator_of(target);
  const std::string ts =
      std::string(name.substr(0, dot)) + "::" + std::string(name.substr(dot + 1));
  const FrontendTables& tables = frontend_tables();
  if (tables.ts.contains(ts)) return emitter.finish(ts, emitter.arguments());
  if (tables.fx.contains(target)) return emitter.finish_fx(target, emitter.arguments());
  emitter.unsupported("there is no conversion for it");
}

}  // namespace octet::importer::aten
