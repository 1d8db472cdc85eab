#include <algorithm>
#include <array>
#include <string>

#include <openvino/opsets/opset13.hpp>

#include "import/aten/emitter.hpp"
#include "import/aten/view_inverse.hpp"
#include "import/aten/vmap.hpp"

namespace octet::importer::aten {
namespace {

/// The result is the first argument.
void same(Emitter& emitter) {
  if (!emitter.schema() || emitter.schema()->arguments.empty())
    emitter.unsupported("it is of an unknown overload");
  emitter.alias(emitter.argument(emitter.schema()->arguments.front().name));
}

/// Conversions between element types; devices and memory formats mean nothing here.
void convert(Emitter& emitter) {
  if (emitter.is_none("dtype")) return same(emitter);
  const auto number = emitter.integer("dtype");
  const ValueId self = emitter.argument("self"), off = emitter.constant(false);
  emitter.finish("aten::to", {self, emitter.constant(number), off, off, emitter.none()});
}

void convert_like(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<ov::opset13::ConvertLike>(in.at(0), in.at(1))};
      },
      {emitter.argument("self"), emitter.argument("other")});
}

/// To the type that the result is known to have.
void as_type(Emitter& emitter) {
  const auto type = emitter.node().outputs.at(0).meta.type;
  emitter.finish(
      [type](const ov::OutputVector& in) -> ov::OutputVector {
        return {std::make_shared<ov::opset13::Convert>(in.at(0), type)};
      },
      {emitter.argument("self")});
}

/// `copy(self, src)`: src in self's type and shape.
void copy(Emitter& emitter) {
  emitter.finish(
      [](const ov::OutputVector& in) -> ov::OutputVector {
        const auto source = std::make_shared<ov::opset13::ConvertLike>(in.at(1), in.at(0));
        const auto shape = std::make_shared<ov::opset13::ShapeOf>(in.at(0));
        return {std::make_shared<ov::opset13::Broadcast>(source, shape)};
      },
      {emitter.argument("self"), emitter.argument("src")});
}

void dropout(Emitter& emitter) {
  const char* flag = emitter.given("train") ? "train" : "training";
  if (emitter.given(flag) && !emitter.is_none(flag) && emitter.boolean(flag))
    emitter.unsupported("the model was exported in training mode; call model.eval() before export");
  same(emitter);
}

void lost_write(Emitter& emitter) {
  emitter.unsupported("it writes into a view that '" + emitter.text("view") +
                      "' made, and what it is a view of is read later");
}

void vmapped(Emitter& emitter) {
  emitter.unsupported("torch.vmap calls it, and the batched form of this operator is not known");
}

}  // namespace

std::span<const OpRow> identity_rows() {
  static constexpr std::array rows = {
      OpRow{"aten.alias", same},
      OpRow{"aten.alias_copy", same},
      OpRow{"aten.clone", same},
      OpRow{"aten.contiguous", same},
      OpRow{"aten.detach", same},
      OpRow{"aten.lift", same},
      OpRow{"aten.lift_fresh", same},
      OpRow{"aten.lift_fresh_copy", same},
      OpRow{"aten.positive", same},
      OpRow{"aten.resolve_conj", same},
      OpRow{"aten.resolve_neg", same},
      OpRow{"aten.requires_grad_", same},
      OpRow{"aten.to.other", convert_like},
      OpRow{"aten.type_as", convert_like},
      OpRow{"aten.to", convert},
      OpRow{"aten._to_copy", convert},
      OpRow{"octet.as_type", as_type},
      OpRow{"aten.copy", copy},
      OpRow{"aten.dropout", dropout},
      OpRow{"aten.feature_dropout", dropout},
      OpRow{"aten.alpha_dropout", dropout},
      OpRow{"aten.feature_alpha_dropout", dropout},
      OpRow{lost_write_target, lost_write},
      OpRow{vmapped_target, vmapped},
  };
  return rows;
}

}  // namespace octet::importer::aten
