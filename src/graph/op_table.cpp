#include "graph/op_table.hpp"

#include <array>
#include <unordered_map>
#include <utility>

namespace octet::graph {
namespace {

constexpr std::size_t op_count = static_cast<std::size_t>(Op::count);

constexpr std::array<OpRow, op_count> make_rows() {
  using namespace op_class;
  return {{
      {"", Trait::none, Options::per_tensor, plain},
#define OCTET_OP(name, trait, options, classes) \
  {#name, Trait::trait, Options::options, static_cast<std::uint32_t>(classes)},
#include "graph/op_table.def"
#undef OCTET_OP
  }};
}

constexpr std::array<OpRow, op_count> rows = make_rows();

constexpr std::pair<std::string_view, std::uint32_t> class_names[] = {
    {"linear", op_class::linear},
    {"activation", op_class::activation},
    {"arithmetic", op_class::arithmetic},
    {"elementwise", op_class::elementwise},
    {"batch_norm", op_class::batch_norm},
    {"weighted", op_class::weighted},
    {"pool", op_class::pool},
    {"gate", op_class::gate},
    {"gate_activation", op_class::gate_activation},
    {"float_in_transformer", op_class::float_in_transformer},
};

}  // namespace

const OpRow& row(Op op) {
  return rows[static_cast<std::size_t>(op)];
}

Op find_op(std::string_view type) {
  static const std::unordered_map<std::string_view, Op> by_type = [] {
    std::unordered_map<std::string_view, Op> map;
    for (std::size_t i = 1; i < op_count; ++i) map.emplace(rows[i].type, static_cast<Op>(i));
    return map;
  }();
  const auto found = by_type.find(type == "SoftMax" ? "Softmax" : type);
  return found == by_type.end() ? Op::other : found->second;
}

std::optional<OpSet> find_op_set(std::string_view name) {
  OpSet set;
  for (const auto& [class_name, bits] : class_names) {
    if (class_name != name) continue;
    for (std::size_t i = 0; i < op_count; ++i) set.set(i, (rows[i].classes & bits) != 0);
    return set;
  }
  const Op op = find_op(name);
  if (op == Op::other) return std::nullopt;
  set.set(static_cast<std::size_t>(op));
  return set;
}

}  // namespace octet::graph
