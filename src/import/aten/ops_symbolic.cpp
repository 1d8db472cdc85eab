#include <array>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

namespace octet::importer::aten {
namespace {

using ov::element::f32;
using ov::element::i64;

ov::Output<ov::Node> as(const ov::Output<ov::Node>& value, ov::element::Type type) {
  if (value.get_element_type() == type) return value;
  return std::make_shared<op::Convert>(value, type);
}

std::vector<ValueId> operands(Emitter& emitter, std::size_t count) {
  std::vector<ValueId> ids;
  if (emitter.node().arguments.size() != count)
    emitter.unsupported("it has another number of operands");
  for (const NamedArgument& argument : emitter.node().arguments) {
    ids.push_back(emitter.value_of(argument.value, nullptr));
    if (ids.back() == emitter.none()) emitter.unsupported("an operand is None");
  }
  return ids;
}

bool is_real(const ov::Output<ov::Node>& value) {
  return value.get_element_type().is_real();
}

/// Python's promotion between its own numbers.
template <class Op>
void binary(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        const auto type = is_real(in.at(0)) || is_real(in.at(1)) ? f32 : i64;
        return {std::make_shared<Op>(as(in.at(0), type), as(in.at(1), type))};
      },
      operands(emitter, 2));
}

void true_divide(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<op::Divide>(as(in.at(0), f32), as(in.at(1), f32))};
      },
      operands(emitter, 2));
}

template <class Op>
void logical(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<Op>(as(in.at(0), ov::element::boolean),
                                     as(in.at(1), ov::element::boolean))};
      },
      operands(emitter, 2));
}

template <class Op>
void unary(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<Op>(in.at(0))};
      },
      operands(emitter, 1));
}

/// `math.ceil` and its like: from a real number to an integer.
template <class Op>
void to_integer(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        if (!is_real(in.at(0))) return {in.at(0)};
        return {as(std::make_shared<Op>(in.at(0)), i64)};
      },
      operands(emitter, 1));
}

void truncate(Emitter& emitter) {
  emitter.finish([](const ov::OutputVector& in) -> ov::OutputVector { return {as(in.at(0), i64)}; },
                 operands(emitter, 1));
}

void to_real(Emitter& emitter) {
  emitter.finish([](const ov::OutputVector& in) -> ov::OutputVector { return {as(in.at(0), f32)}; },
                 operands(emitter, 1));
}

void select(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<op::Select>(in.at(0), in.at(1), in.at(2))};
      },
      operands(emitter, 3));
}

/// Of a list of numbers.
void sum(Emitter& emitter) {
  const auto& arguments = emitter.node().arguments;
  const auto* items =
      arguments.empty() ? nullptr : std::get_if<std::vector<SymInt>>(&arguments.front().value);
  if (!items || items->empty()) emitter.unsupported("its argument is not a list of integers");
  std::vector<ValueId> inputs;
  for (const SymInt& item : *items) inputs.push_back(emitter.value_of(item, nullptr));
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        Tensor total = as(in.front(), i64);
        for (std::size_t i = 1; i < in.size(); ++i) total = make<op::Add>(total, as(in[i], i64));
        return {total};
      },
      std::move(inputs));
}

void size(Emitter& emitter) {
  // A size that is known is a number, whatever computes it.
  const auto& shape = emitter.meta("self").shape;
  const std::int64_t dim = emitter.integer("dim");
  if (shape.rank().is_static()) {
    const std::int64_t rank = shape.rank().get_length();
    const std::int64_t at = dim < 0 ? dim + rank : dim;
    if (at >= 0 && at < rank && shape[static_cast<std::size_t>(at)].is_static())
      return emitter.alias(emitter.constant(shape[static_cast<std::size_t>(at)].get_length()));
  }
  emitter.finish("aten::size", {emitter.argument("self"), emitter.argument("dim")});
}

void element_count(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        const auto shape = std::make_shared<op::ShapeOf>(in.at(0), i64);
        return {std::make_shared<op::ReduceProd>(shape, op::Constant::create(i64, {}, {0}))};
      },
      {emitter.argument("self")});
}

/// A tensor of one element as a number; the frontend keeps scalars as tensors of rank 0.
void item(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<op::Reshape>(
            in.at(0), op::Constant::create(i64, {0}, std::vector<std::int64_t>{}), false)};
      },
      {emitter.argument("self")});
}

}  // namespace

std::span<const OpRow> symbolic_rows() {
  static constexpr std::array rows = {
      OpRow{"aten.sym_size.int", size},
      OpRow{"aten.size.int", size},
      OpRow{"aten.sym_numel", element_count},
      OpRow{"aten.numel", element_count},
      OpRow{"aten.item", item},
      OpRow{"aten._local_scalar_dense", item},
      OpRow{"_operator.add", binary<op::Add>},
      OpRow{"_operator.sub", binary<op::Subtract>},
      OpRow{"_operator.mul", binary<op::Multiply>},
      OpRow{"_operator.floordiv", binary<op::Divide>},
      OpRow{"_operator.truediv", true_divide},
      OpRow{"_operator.mod", binary<op::FloorMod>},
      OpRow{"_operator.pow", binary<op::Power>},
      OpRow{"_operator.neg", unary<op::Negative>},
      OpRow{"_operator.eq", binary<op::Equal>},
      OpRow{"_operator.ne", binary<op::NotEqual>},
      OpRow{"_operator.lt", binary<op::Less>},
      OpRow{"_operator.le", binary<op::LessEqual>},
      OpRow{"_operator.gt", binary<op::Greater>},
      OpRow{"_operator.ge", binary<op::GreaterEqual>},
      OpRow{"_operator.and_", logical<op::LogicalAnd>},
      OpRow{"_operator.or_", logical<op::LogicalOr>},
      OpRow{"math.ceil", to_integer<op::Ceiling>},
      OpRow{"math.floor", to_integer<op::Floor>},
      OpRow{"math.trunc", truncate},
      OpRow{"math.sqrt", unary<op::Sqrt>},
      OpRow{"torch.sym_max", binary<op::Maximum>},
      OpRow{"torch.sym_min", binary<op::Minimum>},
      OpRow{"torch.sym_float", to_real},
      OpRow{"torch.sym_int", truncate},
      OpRow{"torch.sym_not", unary<op::LogicalNot>},
      OpRow{"torch.sym_ite", select},
      OpRow{"torch.sym_sum", sum},
      OpRow{"torch._sym_sqrt", unary<op::Sqrt>},
  };
  return rows;
}

}  // namespace octet::importer::aten
