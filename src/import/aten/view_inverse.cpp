#include "import/aten/view_inverse.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "import/aten/schema.hpp"

namespace octet::importer::aten {
namespace {

/// What an inverse is built from.
struct View {
  const Node& node;
  std::size_t result;
  const std::string& whole;
  const std::string& part;

  const Argument* find(std::string_view name) const {
    const auto found = std::ranges::find(node.arguments, name, &NamedArgument::name);
    return found == node.arguments.end() ? nullptr : &found->value;
  }
  Argument get(std::string_view name, Argument otherwise) const {
    const Argument* found = find(name);
    return found ? *found : otherwise;
  }
};

SymInt known(std::int64_t value) {
  return {value, {}};
}

Node lost(const View& view) {
  Node node;
  node.target = lost_write_target;
  node.arguments = {{"view", view.node.target}, {"self", ValueRef{view.part}}};
  return node;
}

Node slice_scatter(const View& view, Argument dim, Argument start, Argument end, Argument step) {
  Node node;
  node.target = "aten.slice_scatter.default";
  node.arguments = {{"self", ValueRef{view.whole}}, {"src", ValueRef{view.part}},
                    {"dim", std::move(dim)},        {"start", std::move(start)},
                    {"end", std::move(end)},        {"step", std::move(step)}};
  return node;
}

Node undo_slice(const View& view) {
  return slice_scatter(view, view.get("dim", known(0)), view.get("start", NoneValue{}),
                       view.get("end", NoneValue{}), view.get("step", known(1)));
}

Node undo_select(const View& view) {
  Node node;
  node.target = "aten.select_scatter.default";
  node.arguments = {{"self", ValueRef{view.whole}},
                    {"src", ValueRef{view.part}},
                    {"dim", view.get("dim", known(0))},
                    {"index", view.get("index", known(0))}};
  return node;
}

/// Views that keep the order of the elements.
Node undo_reshape(const View& view) {
  Node node;
  node.target = "aten.reshape_as.default";
  node.arguments = {{"self", ValueRef{view.part}}, {"other", ValueRef{view.whole}}};
  return node;
}

/// Views that are their own inverse.
Node undo_same(const View& view) {
  Node node = view.node;
  node.arguments.front().value = ValueRef{view.part};
  return node;
}

Node undo_permute(const View& view) {
  const Argument* dims = view.find("dims");
  const auto* order = dims ? std::get_if<std::vector<SymInt>>(dims) : nullptr;
  if (!order) return lost(view);
  const auto rank = static_cast<std::int64_t>(order->size());
  std::vector<SymInt> inverse(order->size());
  for (std::int64_t i = 0; i < rank; ++i) {
    const auto from = (*order)[static_cast<std::size_t>(i)].value;
    if (!from || *from < -rank || *from >= rank) return lost(view);
    inverse[static_cast<std::size_t>((*from + rank) % rank)] = known(i);
  }
  Node node;
  node.target = "aten.permute.default";
  node.arguments = {{"self", ValueRef{view.part}}, {"dims", inverse}};
  return node;
}

Node undo_unchanged(const View& view) {
  Node node;
  node.target = "aten.alias.default";
  node.arguments = {{"self", ValueRef{view.part}}};
  return node;
}

Node undo_narrow(const View& view) {
  const Argument* start = view.find("start");
  const Argument* length = view.find("length");
  const auto* from = start ? std::get_if<SymInt>(start) : nullptr;
  const auto* count = length ? std::get_if<SymInt>(length) : nullptr;
  if (!from || !count || !from->value || !count->value) return lost(view);
  return slice_scatter(view, view.get("dim", known(0)), *from, known(*from->value + *count->value),
                       known(1));
}

/// One piece of a split: pieces before it say where it starts.
Node undo_split(const View& view) {
  const Argument dim = view.get("dim", known(0));
  const auto* axis = std::get_if<SymInt>(&dim);
  if (!axis || !axis->value) return lost(view);
  std::int64_t start = 0;
  for (std::size_t i = 0; i <= view.result; ++i) {
    const ov::PartialShape& shape = view.node.outputs[i].meta.shape;
    if (shape.rank().is_dynamic()) return lost(view);
    const std::int64_t rank = shape.rank().get_length();
    const std::int64_t at = *axis->value < 0 ? *axis->value + rank : *axis->value;
    if (at < 0 || at >= rank || shape[static_cast<std::size_t>(at)].is_dynamic()) return lost(view);
    const std::int64_t length = shape[static_cast<std::size_t>(at)].get_length();
    if (i == view.result)
      return slice_scatter(view, dim, known(start), known(start + length), known(1));
    start += length;
  }
  return lost(view);
}

Node undo_unbind(const View& view) {
  Node node = undo_select(view);
  node.arguments.back().value = known(static_cast<std::int64_t>(view.result));
  return node;
}

struct Row {
  std::string_view op;
  Node (*undo)(const View&);
};

constexpr std::array rows = {
    Row{"aten.slice", undo_slice},
    Row{"aten.select", undo_select},
    Row{"aten.view", undo_reshape},
    Row{"aten._unsafe_view", undo_reshape},
    Row{"aten.view_as", undo_reshape},
    Row{"aten.reshape", undo_reshape},
    Row{"aten.flatten", undo_reshape},
    Row{"aten.unflatten", undo_reshape},
    Row{"aten.squeeze", undo_reshape},
    Row{"aten.unsqueeze", undo_reshape},
    Row{"aten.transpose", undo_same},
    Row{"aten.swapaxes", undo_same},
    Row{"aten.t", undo_same},
    Row{"aten.permute", undo_permute},
    Row{"aten.alias", undo_unchanged},
    Row{"aten.detach", undo_unchanged},
    Row{"aten.contiguous", undo_unchanged},
    Row{"aten.to", undo_unchanged},
    Row{"aten.dropout", undo_unchanged},
    Row{"aten.feature_dropout", undo_unchanged},
    Row{"aten.alpha_dropout", undo_unchanged},
    Row{"aten.feature_alpha_dropout", undo_unchanged},
    Row{"aten.narrow", undo_narrow},
    Row{"aten.split", undo_split},
    Row{"aten.split_with_sizes", undo_split},
    Row{"aten.chunk", undo_split},
    Row{"aten.tensor_split", undo_split},
    Row{"aten.unbind", undo_unbind},
};

}  // namespace

Node undo_view(const Node& view, std::size_t result, const std::string& whole,
               const std::string& part) {
  const View info{view, result, whole, part};
  const std::string_view op = std::string_view(view.target).substr(0, view.target.rfind('.'));
  const auto row = std::ranges::find(rows, op, &Row::op);
  return row == rows.end() ? lost(info) : row->undo(info);
}

}  // namespace octet::importer::aten
