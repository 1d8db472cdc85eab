#include <array>
#include <optional>

#include <openvino/opsets/opset13.hpp>

#include "import/aten/emitter.hpp"

/// The core-ATen spelling that decompositions leave.
namespace octet::importer::aten {
namespace {

namespace op = ov::opset13;

/// Known sizes of a list argument; unknown ones are unset.
std::vector<std::optional<std::int64_t>> sizes_of(Emitter& emitter, const char* name) {
  const Argument* given = emitter.given(name);
  const auto* list = given ? std::get_if<std::vector<SymInt>>(given) : nullptr;
  if (!list) emitter.unsupported(std::string("its argument '") + name + "' is not a list");
  std::vector<std::optional<std::int64_t>> sizes;
  for (const SymInt& item : *list) sizes.push_back(item.value);
  return sizes;
}

/// Decompositions use it to spell a reshape of a contiguous tensor; any other use depends on how
/// memory is laid out, which a graph does not know.
void as_strided(Emitter& emitter) {
  const auto sizes = sizes_of(emitter, "size"), strides = sizes_of(emitter, "stride");
  const bool starts_at_zero =
      emitter.is_none("storage_offset") || emitter.integer("storage_offset") == 0;
  bool is_contiguous = sizes.size() == strides.size() && starts_at_zero;
  std::optional<std::int64_t> expected = 1;
  for (std::size_t i = sizes.size(); is_contiguous && i-- > 0;) {
    if (sizes[i] == 1) continue;
    is_contiguous = expected && strides[i] == expected;
    expected = sizes[i] && expected ? std::optional(*expected * *sizes[i]) : std::nullopt;
  }
  const ov::PartialShape input = emitter.meta("self").shape;
  const ov::PartialShape output = emitter.node().outputs.at(0).meta.shape;
  if (input.is_static() && output.is_static())
    is_contiguous =
        is_contiguous && ov::shape_size(input.to_shape()) == ov::shape_size(output.to_shape());
  if (!is_contiguous) emitter.unsupported("it reads memory in an order that is no reshape");
  emitter.finish("aten::reshape", {emitter.argument("self"), emitter.argument("size")});
}

/// An empty list of axes means all of them.
void reduce(Emitter& emitter) {
  const Argument* dim = emitter.given("dim");
  const auto* axes = dim ? std::get_if<std::vector<SymInt>>(dim) : nullptr;
  if (!axes || !axes->empty()) return lower_by_schema(emitter);
  std::vector<ValueId> arguments;
  for (const SchemaArgument& argument : emitter.schema()->arguments)
    arguments.push_back(argument.name == "dim" ? emitter.none() : emitter.argument(argument.name));
  const std::string& target = emitter.node().target;
  emitter.finish("aten::" + target.substr(5, target.rfind('.') - 5), std::move(arguments));
}

}  // namespace

std::span<const OpRow> functional_rows() {
  static constexpr std::array rows = {
      OpRow{"aten.as_strided", as_strided},
      OpRow{"aten.as_strided_copy", as_strided},
      OpRow{"aten.sum.dim_IntList", reduce},
      OpRow{"aten.mean.dim", reduce},
  };
  return rows;
}

}  // namespace octet::importer::aten
