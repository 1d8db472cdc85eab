#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "import/aten/emitter.hpp"

namespace octet::importer::aten {
namespace {

/// `aten.conv2d` of `aten.conv2d.default`; what has fewer dots is itself.
std::string_view operator_of(std::string_view target) {
  return std::ranges::count(target, '.') >= 2 ? target.substr(0, target.rfind('.')) : target;
}

const OpRow* find_row(std::string_view target) {
  static const auto table = [] {
    std::map<std::string_view, const OpRow*> all;
    for (const auto rows :
         {symbolic_rows(), identity_rows(), functional_rows(), elementwise_rows(), linear_rows(),
          shape_rows(), list_rows(), recurrent_rows(), index_rows(), quantized_rows()})
      for (const OpRow& row : rows) all.emplace(row.target, &row);
    return all;
  }();
  for (std::string_view name : {target, operator_of(target)})
    if (const auto found = table.find(name); found != table.end()) return found->second;
  return nullptr;
}

std::vector<ValueId> arguments_of(Emitter& emitter, std::string_view names) {
  if (names.empty()) return emitter.arguments();
  std::vector<ValueId> ids;
  while (!names.empty()) {
    const std::size_t space = std::min(names.find(' '), names.size());
    ids.push_back(emitter.argument(names.substr(0, space)));
    names.remove_prefix(std::min(space + 1, names.size()));
  }
  return ids;
}

}  // namespace

void lower_node(Emitter& emitter) {
  const OpRow* row = find_row(emitter.node().target);
  if (!row) return lower_by_schema(emitter);
  if (row->rule) return row->rule(emitter);
  std::vector<ValueId> arguments = arguments_of(emitter, row->arguments);
  if (row->formula) return emitter.finish(row->formula, std::move(arguments));
  emitter.finish(std::string(row->same_as), std::move(arguments));
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
