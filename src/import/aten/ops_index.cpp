#include <array>

#include <openvino/opsets/opset13.hpp>

#include "import/aten/emitter.hpp"

/// Reading and writing by index.
namespace octet::importer::aten {
namespace {

namespace op = ov::opset13;

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
      {emitter.argument("self"), emitter.value_of(mask, nullptr), emitter.argument("values")});
}

void index_put(Emitter& emitter) {
  const Argument* indices = emitter.given("indices");
  const ValueRef* only = nullptr;
  if (const auto* items = indices ? std::get_if<OptionalRefs>(indices) : nullptr)
    only = items->items.size() == 1 && items->items[0] ? &*items->items[0] : nullptr;
  else if (const auto* list = indices ? std::get_if<std::vector<ValueRef>>(indices) : nullptr)
    only = list->size() == 1 ? &list->front() : nullptr;
  const ValueMeta self = emitter.meta("self"), values = emitter.meta("values");
  const bool one_value = values.shape.is_static() && ov::shape_size(values.shape.to_shape()) == 1;
  const bool accumulates = emitter.boolean("accumulate");
  if (only && one_value && !accumulates && self.shape.rank().is_static()) {
    const ValueMeta mask = emitter.meta_of(*only);
    if (mask.type == ov::element::boolean && mask.shape.rank().is_static())
      return put_by_mask(emitter, *only,
                         self.shape.rank().get_length() - mask.shape.rank().get_length());
  }
  lower_by_schema(emitter);
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
