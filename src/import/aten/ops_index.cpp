#include <array>
#include <optional>

#include <openvino/op/scatter_nd_update.hpp>

#include "import/aten/build.hpp"
#include "import/aten/emitter.hpp"

/// Reading and writing by index.
namespace octet::importer::aten {
namespace {

/// `x[mask] = number`
void put_by_mask(Emitter& emitter, const ValueRef& mask, std::int64_t missing_axes) {
  emitter.finish(
      [missing_axes](const ov::OutputVector& in) -> ov::OutputVector {
        ov::Output<ov::Node> condition = in.at(1);
        if (missing_axes > 0) {
          std::vector<std::int64_t> axes;
          for (std::int64_t i = 1; i <= missing_axes; ++i) axes.push_back(-i);
          const auto list = op::Constant::create(ov::element::i64, {axes.size()}, axes);
          condition = std::make_shared<op::Unsqueeze>(condition, list);
        }
        const auto none = op::Constant::create(ov::element::i64, {0}, std::vector<std::int64_t>{});
        const auto number = std::make_shared<op::ConvertLike>(
            std::make_shared<op::Reshape>(in.at(2), none, false), in.at(0));
        return {std::make_shared<op::Select>(condition, number, in.at(0))};
      },
      {emitter.argument("self"), emitter.tensor(mask), emitter.argument("values")});
}

/// The indices of `x[:, i, j] = values`: None before, tensors after; nothing where mixed.
struct Run {
  std::int64_t leading = 0;
  std::vector<ValueRef> indices;
};

std::optional<Run> contiguous_run(const Argument* indices) {
  Run run;
  if (const auto* list = indices ? std::get_if<std::vector<ValueRef>>(indices) : nullptr) {
    run.indices = *list;
    return run;
  }
  const auto* items = indices ? std::get_if<OptionalRefs>(indices) : nullptr;
  if (!items) return std::nullopt;
  for (const auto& item : items->items) {
    if (item)
      run.indices.push_back(*item);
    else if (run.indices.empty())
      ++run.leading;
    else
      return std::nullopt;
  }
  return run;
}

/// The indexed axes go first, then elements are scattered, then the axes go back.
/// Inputs: self, values, indices.
ov::OutputVector scatter(const ov::OutputVector& in, std::int64_t rank, std::int64_t leading,
                         bool accumulates) {
  const auto count = static_cast<std::int64_t>(in.size()) - 2;
  std::vector<std::int64_t> order, back(static_cast<std::size_t>(rank));
  for (std::int64_t i = 0; i < count; ++i) order.push_back(leading + i);
  for (std::int64_t i = 0; i < rank; ++i)
    if (i < leading || i >= leading + count) order.push_back(i);
  for (std::int64_t i = 0; i < rank; ++i)
    back[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = i;
  const Tensor self = make<op::Transpose>(in[0], integers(order));
  const Tensor shape = shape_of(self);
  Tensor common = in[2];
  const auto both = [](const Tensor& x, const Tensor& like) {
    return make<op::Broadcast>(x, shape_of(like), ov::op::BroadcastType::BIDIRECTIONAL);
  };
  for (std::size_t i = 3; i < in.size(); ++i) common = both(common, in[i]);
  ov::OutputVector columns;
  for (std::int64_t i = 0; i < count; ++i) {
    const Tensor index =
        convert(both(in[static_cast<std::size_t>(i) + 2], common), ov::element::i64);
    // Negative indices count from the end.
    const Tensor size = make<op::Gather>(shape, integer(i), integer(0));
    columns.push_back(make<op::Unsqueeze>(make<op::FloorMod>(index, size), integer(-1)));
  }
  const Tensor where = std::make_shared<op::Concat>(columns, -1);
  // torch lays the values out as the axes were: leading, indexed, rest.
  const auto part = [&](std::int64_t from, std::int64_t to) {
    return make<op::Slice>(shape, integers({from}), integers({to}), integers({1}), integers({0}));
  };
  const Tensor before = part(count, count + leading), after = part(count + leading, rank);
  const Tensor full =
      std::make_shared<op::Concat>(ov::OutputVector{before, shape_of(common), after}, 0);
  Tensor values = make<op::Broadcast>(make<op::ConvertLike>(in[1], in[0]), full);
  const std::int64_t spread = common.get_partial_shape().rank().get_length();
  std::vector<std::int64_t> forward;
  for (std::int64_t i = 0; i < spread; ++i) forward.push_back(leading + i);
  for (std::int64_t i = 0; i < leading; ++i) forward.push_back(i);
  for (std::int64_t i = leading + count; i < rank; ++i) forward.push_back(i - count + spread);
  values = make<op::Transpose>(values, integers(forward));
  using Scatter = ov::op::v15::ScatterNDUpdate;
  const Tensor changed = make<Scatter>(
      self, where, values, accumulates ? Scatter::Reduction::SUM : Scatter::Reduction::NONE);
  return {make<op::Transpose>(changed, integers(back))};
}

void index_put(Emitter& emitter) {
  const auto run = contiguous_run(emitter.given("indices"));
  const ValueMeta self = emitter.meta("self"), values = emitter.meta("values");
  if (!run || run->indices.empty() || self.shape.rank().is_dynamic())
    return lower_by_schema(emitter);
  const bool accumulates = emitter.boolean("accumulate");
  const std::int64_t rank = self.shape.rank().get_length();
  bool has_mask = false;
  for (const ValueRef& index : run->indices) {
    const ValueMeta meta = emitter.meta_of(index);
    has_mask = has_mask || meta.type == ov::element::boolean;
    if (meta.shape.rank().is_dynamic()) return lower_by_schema(emitter);
  }
  if (has_mask) {
    const bool one_value = values.shape.is_static() && ov::shape_size(values.shape.to_shape()) == 1;
    const ValueMeta mask = emitter.meta_of(run->indices[0]);
    if (run->indices.size() == 1 && run->leading == 0 && one_value && !accumulates)
      return put_by_mask(emitter, run->indices[0], rank - mask.shape.rank().get_length());
    return lower_by_schema(emitter);
  }
  std::vector<ValueId> inputs{emitter.argument("self"), emitter.argument("values")};
  for (const ValueRef& index : run->indices) inputs.push_back(emitter.tensor(index));
  const std::int64_t leading = run->leading;
  emitter.finish(
      [=](const ov::OutputVector& in) { return scatter(in, rank, leading, accumulates); },
      std::move(inputs));
}

}  // namespace

std::span<const OpRow> index_rows() {
  static constexpr std::array rows = {
      OpRow{"aten.index_put", index_put},
      OpRow{"aten._unsafe_index_put", index_put},
  };
  return rows;
}

}  // namespace octet::importer::aten
