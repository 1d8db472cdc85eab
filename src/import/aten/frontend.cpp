#include "import/aten/frontend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <openvino/frontend/pytorch/extension/conversion.hpp>
#include <openvino/frontend/pytorch/frontend.hpp>
#include <openvino/frontend/sequence_mark.hpp>
#include <openvino/op/util/framework_node.hpp>

#include "import/aten/decoder.hpp"
#include "import/aten/fx_converters.hpp"
#include "import/aten/origin.hpp"

namespace octet::importer::aten {
namespace {

using Table = std::unordered_map<std::string, ov::frontend::pytorch::CreatorFunction>;

/// The type that the frontend looks for among what it is given.
std::shared_ptr<ov::frontend::IDecoder> as_base(
    std::shared_ptr<ov::frontend::pytorch::TorchDecoder> decoder) {
  return decoder;
}

/// Opens the frontend's tables, which its class keeps to itself.
class Frontend : public ov::frontend::pytorch::FrontEnd {
 public:
  Frontend() {
    add_extension(std::make_shared<ov::frontend::pytorch::ConversionExtension>(
        own_converter, [](const ov::frontend::NodeContext& context) {
          const auto& torch = static_cast<const ov::frontend::pytorch::NodeContext&>(context);
          return torch.get_decoder()->convert(&context);
        }));
  }

  Table table(ConverterTable kind) const {
    return get_supported_ops(load(as_base(make_decoder(std::make_shared<TsGraph>(), kind))));
  }
};

const Table& fx_table() {
  static const Table table = Frontend().table(ConverterTable::fx);
  return table;
}

const char* const op_type_key = "PtTypeName";
const char* const reason_key = "PtException";

/// Where the node came from, or else what reads it.
std::size_t source_of(const ov::Node& node) {
  if (const Origin* origin = origin_of(node); origin && origin->source != no_source)
    return origin->source;
  std::size_t source = no_source;
  for (const auto& output : node.outputs())
    for (const auto& reader : output.get_target_inputs())
      if (const Origin* origin = origin_of(*reader.get_node()))
        source = std::min(source, origin->source);
  return source;
}

Refusal describe(const ov::op::util::FrameworkNode& node) {
  const auto& attributes = node.get_attrs();
  const auto text = [&](const char* key) {
    const auto found = attributes.find(key);
    return found == attributes.end() ? std::string() : found->second;
  };
  Refusal refusal;
  refusal.source = source_of(node);
  refusal.op = text(op_type_key);
  refusal.reason = text(reason_key);
  return refusal;
}

}  // namespace

const FrontendTables& frontend_tables() {
  static const FrontendTables tables = [] {
    FrontendTables names;
    for (const auto& row : Frontend().table(ConverterTable::ts)) names.ts.insert(row.first);
    for (const auto& row : fx_table()) names.fx.insert(row.first);
    return names;
  }();
  return tables;
}

ov::OutputVector convert_by_fx_row(const std::string& row,
                                   const ov::frontend::NodeContext& context) {
  return fx_table().at(row)(static_cast<const ov::frontend::pytorch::NodeContext&>(context));
}

ov::OutputVector unpack_list(const ov::Output<ov::Node>& list) {
  const auto node = list.get_node_shared_ptr();
  if (const auto mark = ov::as_type_ptr<ov::frontend::SequenceMark>(node))
    return mark->get_sequence();
  if (ov::as_type_ptr<ov::op::util::FrameworkNode>(node)) return node->input_values();
  return {list};
}

float to_float(double number) {
  constexpr double largest = std::numeric_limits<float>::max();
  if (std::isfinite(number)) number = std::clamp(number, -largest, largest);
  return static_cast<float>(number);
}

std::shared_ptr<ov::Model> convert_partially(const std::shared_ptr<const TsGraph>& graph) {
  const Frontend frontend;
  return frontend.convert_partially(frontend.load(as_base(make_decoder(graph))));
}

std::optional<Refusal> refusal_of(const ov::Node& node) {
  const auto* framework = dynamic_cast<const ov::op::util::FrameworkNode*>(&node);
  if (!framework) return std::nullopt;
  const Refusal refusal = describe(*framework);
  if (refusal.reason.empty() && !refusal.op.starts_with(unconvertible_prefix)) return std::nullopt;
  return refusal;
}

std::vector<Refusal> leftovers(const ov::Model& model) {
  std::vector<Refusal> all;
  for (const auto& node : model.get_ordered_ops())
    if (const auto* framework = dynamic_cast<const ov::op::util::FrameworkNode*>(node.get()))
      all.push_back(describe(*framework));
  return all;
}

void normalize(const std::shared_ptr<ov::Model>& model) {
  Frontend().normalize(model);
}

}  // namespace octet::importer::aten
