#include <algorithm>
#include <array>
#include <optional>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

/// Operators that give a list of tensors.
namespace octet::importer::aten {
namespace {

/// The axis counted from the front, where the rank is known.
std::size_t axis_of(Emitter& emitter, const ov::PartialShape& shape, std::int64_t dim) {
  if (shape.rank().is_dynamic()) emitter.unsupported("the rank of its input is not known");
  const std::int64_t rank = shape.rank().get_length();
  if (dim < -rank || dim >= rank) emitter.unsupported("its axis is out of range");
  return static_cast<std::size_t>(dim < 0 ? dim + rank : dim);
}

/// Sizes of the pieces along the axis, as the program states them; at most one may be unknown.
void split_by_results(Emitter& emitter) {
  const auto& outputs = emitter.node().outputs;
  if (outputs.empty()) emitter.unsupported("it has no result");
  const std::int64_t dim = emitter.integer("dim");
  const std::size_t axis = axis_of(emitter, outputs.front().meta.shape, dim);
  std::vector<std::int64_t> sizes;
  for (const Value& output : outputs) {
    const auto& size = output.meta.shape[axis];
    sizes.push_back(size.is_static() ? size.get_length() : -1);
  }
  const auto unknown = std::ranges::count(sizes, -1);
  const auto first_source = emitter.schema()->arguments.front().name;
  if (unknown > 1) {
    // Pieces of equal, unknown size.
    const bool is_chunk = emitter.node().target.starts_with("aten.chunk") ||
                          emitter.node().target.starts_with("aten.unsafe_chunk");
    if (!is_chunk || static_cast<std::int64_t>(outputs.size()) != emitter.integer("chunks"))
      return lower_by_schema(emitter);
  }
  const std::size_t count = outputs.size();
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        const auto at = integer(static_cast<std::int64_t>(axis));
        if (count == 1) return {in.at(0)};
        if (unknown <= 1)
          return std::make_shared<op::VariadicSplit>(in.at(0), at, integers(sizes))->outputs();
        // All but the last piece are of ceil(size / count).
        const auto shape = std::make_shared<op::ShapeOf>(in.at(0), ov::element::i64);
        const auto whole = std::make_shared<op::Gather>(
            shape, integers({static_cast<std::int64_t>(axis)}), integer(0));
        const auto many = integers({static_cast<std::int64_t>(count)});
        const auto rounded =
            std::make_shared<op::Add>(whole, integers({static_cast<std::int64_t>(count) - 1}));
        const auto piece = std::make_shared<op::Divide>(rounded, many);
        ov::OutputVector lengths(count - 1, piece);
        lengths.push_back(integers({-1}));
        return std::make_shared<op::VariadicSplit>(in.at(0), at,
                                                   std::make_shared<op::Concat>(lengths, 0))
            ->outputs();
      },
      {emitter.argument(first_source)});
}

void unbind(Emitter& emitter) {
  const std::size_t count = emitter.node().outputs.size();
  const std::int64_t dim = emitter.integer("dim");
  emitter.finish(
      [=](const ov::OutputVector& in) -> ov::OutputVector {
        const auto split = std::make_shared<op::Split>(in.at(0), integer(dim), count);
        ov::OutputVector items;
        for (const auto& piece : split->outputs())
          items.push_back(std::make_shared<op::Squeeze>(piece, integer(dim)));
        return items;
      },
      {emitter.argument("self")});
}

}  // namespace

std::span<const OpRow> list_rows() {
  static constexpr std::array rows = {
      OpRow{"aten.chunk", split_by_results},
      OpRow{"aten.unsafe_chunk", split_by_results},
      OpRow{"aten.split", split_by_results},
      OpRow{"aten.unsafe_split", split_by_results},
      OpRow{"aten.split_with_sizes", split_by_results},
      OpRow{"aten.split_with_sizes_copy", split_by_results},
      OpRow{"aten.unsafe_split_with_sizes", split_by_results},
      OpRow{"aten.tensor_split", split_by_results},
      OpRow{"aten.unbind", unbind},
  };
  return rows;
}

}  // namespace octet::importer::aten
