#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

/// Reductions, diagonals, broadcasts.
namespace octet::importer::aten {
namespace {

std::int64_t rank_of(Emitter& emitter, const char* name) {
  const ov::Rank rank = emitter.meta(name).shape.rank();
  if (rank.is_dynamic()) emitter.unsupported("the rank of its input is not known");
  return rank.get_length();
}

template <class Op>
void reduce_logical(Emitter& emitter) {
  std::vector<std::int64_t> axes;
  if (emitter.given("dim") && !emitter.is_none("dim")) axes = emitter.integers("dim");
  if (axes.empty()) {
    axes.resize(static_cast<std::size_t>(rank_of(emitter, "self")));
    std::iota(axes.begin(), axes.end(), 0);
  }
  const bool keeps = emitter.given("keepdim") && emitter.boolean("keepdim");
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        return {make<Op>(convert(in[0], ov::element::boolean), integers(axes), keeps)};
      },
      {emitter.argument("self")});
}

void count_nonzero(Emitter& emitter) {
  std::vector<std::int64_t> axes;
  if (emitter.given("dim") && !emitter.is_none("dim")) axes = emitter.integers("dim");
  if (axes.empty()) {
    axes.resize(static_cast<std::size_t>(rank_of(emitter, "self")));
    std::iota(axes.begin(), axes.end(), 0);
  }
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        const Tensor flags = convert(convert(in[0], ov::element::boolean), ov::element::i64);
        return {make<op::ReduceSum>(flags, integers(axes), false)};
      },
      {emitter.argument("self")});
}

/// The last two axes, exchanged.
void matrix_transpose(Emitter& emitter) {
  const std::int64_t rank = rank_of(emitter, "self");
  std::vector<std::int64_t> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  if (order.size() >= 2) std::swap(order[order.size() - 1], order[order.size() - 2]);
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        return {make<op::Transpose>(in[0], integers(order))};
      },
      {emitter.argument("self")});
}

/// The plane's axes go last and become one, of which every (columns + 1)-th element is taken.
void diagonal(Emitter& emitter) {
  const std::int64_t rank = rank_of(emitter, "self");
  const ov::PartialShape shape = emitter.meta("self").shape;
  const auto axis = [&](const char* name) {
    const std::int64_t dim = emitter.integer(name);
    const std::int64_t at = dim < 0 ? dim + rank : dim;
    if (at < 0 || at >= rank || shape[static_cast<std::size_t>(at)].is_dynamic())
      emitter.unsupported("the sizes of the plane are not known");
    return at;
  };
  const std::int64_t row_axis = axis("dim1"), column_axis = axis("dim2");
  const std::int64_t rows = shape[static_cast<std::size_t>(row_axis)].get_length();
  const std::int64_t columns = shape[static_cast<std::size_t>(column_axis)].get_length();
  const std::int64_t offset = emitter.integer("offset");
  std::vector<std::int64_t> order, indices, kept;
  for (std::int64_t i = 0; i < rank; ++i)
    if (i != row_axis && i != column_axis) order.push_back(i);
  kept.assign(order.size(), 0);  // in a reshape, 0 keeps the size
  kept.push_back(rows * columns);
  order.push_back(row_axis);
  order.push_back(column_axis);
  for (std::int64_t row = 0; row < rows; ++row)
    if (row + offset >= 0 && row + offset < columns)
      indices.push_back(row * columns + row + offset);
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        const Tensor plane = make<op::Transpose>(in[0], integers(order));
        const Tensor line = make<op::Reshape>(plane, integers(kept), true);
        return {make<op::Gather>(line, integers(indices), integer(-1))};
      },
      {emitter.argument("self")});
}

/// All tensors in the shape that they have together.
void broadcast_tensors(Emitter& emitter) {
  const auto* tensors = std::get_if<std::vector<ValueRef>>(emitter.given("tensors"));
  if (!tensors) emitter.unsupported("its tensors are no list");
  std::vector<ValueId> inputs;
  for (const ValueRef& tensor : *tensors) inputs.push_back(emitter.tensor(tensor));
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        const auto both = [](const Tensor& x, const Tensor& shape) {
          return make<op::Broadcast>(x, shape, ov::op::BroadcastType::BIDIRECTIONAL);
        };
        Tensor common = in.front();
        for (const Tensor& tensor : in) common = both(common, shape_of(tensor));
        ov::OutputVector results;
        for (const Tensor& tensor : in) results.push_back(both(tensor, shape_of(common)));
        return results;
      },
      std::move(inputs));
}

ov::OutputVector ravel(const ov::OutputVector& in) {
  return {make<op::Reshape>(in[0], integers({-1}), false)};
}

/// Differences of neighbours along an axis.
void difference(Emitter& emitter) {
  if (!emitter.is_none("prepend") || !emitter.is_none("append"))
    emitter.unsupported("prepend and append are given");
  const std::int64_t times = emitter.integer("n"), dim = emitter.integer("dim");
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        Tensor x = in[0];
        const auto slice = [&](std::int64_t from, std::int64_t to) {
          return make<op::Slice>(x, integers({from}), integers({to}), integers({1}),
                                 integers({dim}));
        };
        for (std::int64_t i = 0; i < times; ++i)
          x = make<op::Subtract>(slice(1, std::numeric_limits<std::int64_t>::max()), slice(0, -1));
        return {x};
      },
      {emitter.argument("self")});
}

}  // namespace

std::span<const OpRow> shape_rows() {
  static constexpr std::array rows = {
      OpRow{.target = "aten.adjoint", .rule = matrix_transpose},
      OpRow{.target = "aten.all", .rule = reduce_logical<op::ReduceLogicalAnd>},
      OpRow{.target = "aten.any", .rule = reduce_logical<op::ReduceLogicalOr>},
      OpRow{.target = "aten.broadcast_tensors", .rule = broadcast_tensors},
      OpRow{.target = "aten.count_nonzero", .rule = count_nonzero},
      OpRow{.target = "aten.diagonal", .rule = diagonal},
      OpRow{.target = "aten.diagonal_copy", .rule = diagonal},
      OpRow{.target = "aten.diff", .rule = difference},
      OpRow{.target = "aten.mT", .rule = matrix_transpose},
      OpRow{.target = "aten.ravel", .formula = ravel, .arguments = "self"},
  };
  return rows;
}

}  // namespace octet::importer::aten
