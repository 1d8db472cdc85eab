#include "import/aten/decoder.hpp"

#include <stdexcept>

#include <openvino/frontend/pytorch/node_context.hpp>
#include <openvino/op/constant.hpp>

#include "import/aten/fx_converters.hpp"
#include "import/aten/origin.hpp"

namespace octet::importer::aten {
namespace {

using ov::frontend::pytorch::DecoderRTInfo;
using ov::frontend::pytorch::TorchDecoder;
using Constant = ov::op::v0::Constant;

/// What a graph's and a node's decoder answer alike.
class DecoderBase : public TorchDecoder {
 public:
  explicit DecoderBase(std::shared_ptr<const TsGraph> graph) : graph_(std::move(graph)) {}

  ov::Any const_input(std::size_t) const override { return {}; }
  const std::string& get_input_debug_name(std::size_t index) const override {
    return value(inputs(), index).name;
  }
  const std::string& get_input_signature_name(std::size_t index) const override {
    return value(inputs(), index).name;
  }
  ov::PartialShape get_input_shape(std::size_t index) const override {
    return value(inputs(), index).shape;
  }
  const std::vector<std::size_t>& get_input_strides(std::size_t) const override {
    static const std::vector<std::size_t> unknown;
    return unknown;
  }
  ov::Any get_input_type(std::size_t index) const override { return value(inputs(), index).type; }
  const std::string& get_output_debug_name(std::size_t index) const override {
    return value(outputs(), index).name;
  }
  ov::PartialShape get_output_shape(std::size_t index) const override {
    return value(outputs(), index).shape;
  }
  ov::Any get_output_type(std::size_t index) const override { return value(outputs(), index).type; }
  bool input_is_none(std::size_t index) const override {
    return index >= inputs().size() || value(inputs(), index).is_none;
  }
  std::size_t num_of_outputs() const override { return outputs().size(); }
  std::size_t output_list_size() const override { return 0; }
  std::size_t output(std::size_t index) const override { return outputs().at(index); }
  std::shared_ptr<TorchDecoder> get_subgraph_decoder(std::size_t) const override {
    throw std::logic_error("this graph has no nested graphs");
  }
  bool may_produce_alias(std::size_t, std::size_t) const override { return false; }
  bool is_input_inlined(std::size_t) const override { return false; }
  std::shared_ptr<TorchDecoder> get_inlined_input_decoder(std::size_t) const override {
    throw std::logic_error("this graph has no inlined inputs");
  }
  ov::Any get_attribute(const std::string&) const override { return {}; }
  std::size_t get_named_input(const std::string& name) const override {
    throw std::logic_error("no input is named '" + name + "'");
  }
  const std::string& decoder_type_name() const override {
    static const std::string name = "ts";
    return name;
  }
  DecoderRTInfo get_rt_info() const override { return {}; }

 protected:
  const TsGraph& graph() const { return *graph_; }
  const std::shared_ptr<const TsGraph>& graph_pointer() const { return graph_; }

 private:
  const TsValue& value(const std::vector<ValueId>& ids, std::size_t index) const {
    return graph_->values.at(ids.at(index));
  }

  std::shared_ptr<const TsGraph> graph_;
};

class NodeDecoder final : public DecoderBase {
 public:
  NodeDecoder(std::shared_ptr<const TsGraph> graph, std::size_t index)
      : DecoderBase(std::move(graph)), index_(index) {}

  const std::vector<std::size_t>& inputs() const override { return node().inputs; }
  const std::vector<std::size_t>& outputs() const override { return node().outputs; }
  const std::string& get_op_type() const override {
    return has_converter() ? own_converter : node().op;
  }
  const std::string& get_schema() const override { return node().op; }
  std::size_t get_subgraph_size() const override { return 0; }
  void visit_subgraph(std::function<void(std::shared_ptr<TorchDecoder>)>) const override {}

  ov::OutputVector try_decode_get_attr() const override {
    if (const auto* weight = std::get_if<std::shared_ptr<Constant>>(&node().literal))
      return {(*weight)->output(0)};
    return {};
  }

  ov::OutputVector as_constant() const override;

  const std::string& as_string() const override {
    static const std::string nothing;
    const auto* text = std::get_if<std::string>(&node().literal);
    return text ? *text : nothing;
  }

  std::shared_ptr<ov::Node> mark_node(std::shared_ptr<ov::Node> ov_node) const override {
    set_origin(ov_node, node().source);
    return ov_node;
  }

  bool has_converter() const override { return node().build || !node().fx_row.empty(); }

  ov::OutputVector convert(const ov::frontend::NodeContext* context) const override {
    ov::OutputVector results, given;
    if (node().build) {
      for (std::size_t i = 0; i < node().inputs.size(); ++i)
        given.push_back(input_is_none(i) ? ov::Output<ov::Node>()
                                         : context->get_input(static_cast<int>(i)));
      results = node().build(given);
    } else {
      results = convert_by_fx_row(node().fx_row, *context);
      // The converters of that table give several results as one list.
      if (results.size() == 1) results = unpack_list(results[0]);
    }
    if (results.size() < node().outputs.size())
      throw std::runtime_error("the conversion gives " + std::to_string(results.size()) +
                               " results where the program has " +
                               std::to_string(node().outputs.size()));
    std::erase_if(given, [](const auto& output) { return !output.get_node(); });
    set_origin_between(given, results, node().source);
    results.resize(node().outputs.size());
    return results;
  }

 private:
  const TsNode& node() const { return graph().nodes[index_]; }

  std::size_t index_;
};

ov::OutputVector NodeDecoder::as_constant() const {
  const TsLiteral& literal = node().literal;
  std::shared_ptr<Constant> constant;
  if (const auto* flag = std::get_if<bool>(&literal)) {
    constant = Constant::create(ov::element::boolean, {}, {*flag});
  } else if (const auto* integer = std::get_if<std::int64_t>(&literal)) {
    constant = Constant::create(ov::element::i64, {}, {*integer});
  } else if (const auto* real = std::get_if<double>(&literal)) {
    constant = Constant::create(ov::element::f32, {}, {to_float(*real)});
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&literal)) {
    constant = Constant::create(ov::element::i64, {integers->size()}, *integers);
  } else if (const auto* reals = std::get_if<std::vector<double>>(&literal)) {
    std::vector<float> values;
    for (double number : *reals) values.push_back(to_float(number));
    constant = Constant::create(ov::element::f32, {values.size()}, values);
  } else if (const auto* flags = std::get_if<std::vector<bool>>(&literal)) {
    constant = std::make_shared<Constant>(ov::element::boolean, ov::Shape{flags->size()},
                                          std::vector<char>(flags->begin(), flags->end()));
  } else {
    return {};
  }
  set_origin(constant, node().source);
  return {constant->output(0)};
}

class GraphDecoder final : public DecoderBase {
 public:
  GraphDecoder(std::shared_ptr<const TsGraph> graph, ConverterTable table)
      : DecoderBase(std::move(graph)), table_(table == ConverterTable::ts ? "ts" : "fx") {}

  const std::vector<std::size_t>& inputs() const override { return graph().inputs; }
  const std::vector<std::size_t>& outputs() const override { return graph().outputs; }
  const std::string& get_op_type() const override { return name_; }
  const std::string& get_schema() const override { return name_; }
  /// The frontend asks a graph for one subgraph: itself.
  std::size_t get_subgraph_size() const override { return 1; }
  void visit_subgraph(std::function<void(std::shared_ptr<TorchDecoder>)> visit) const override {
    for (std::size_t i = 0; i < graph().nodes.size(); ++i)
      visit(std::make_shared<NodeDecoder>(graph_pointer(), i));
  }
  ov::OutputVector try_decode_get_attr() const override { return {}; }
  ov::OutputVector as_constant() const override { return {}; }
  const std::string& as_string() const override { return name_; }
  std::shared_ptr<ov::Node> mark_node(std::shared_ptr<ov::Node> node) const override {
    return node;
  }
  bool has_converter() const override { return false; }
  ov::OutputVector convert(const ov::frontend::NodeContext*) const override { return {}; }
  const std::string& decoder_type_name() const override { return table_; }

 private:
  std::string name_ = "graph";
  std::string table_;
};

}  // namespace

std::shared_ptr<TorchDecoder> make_decoder(std::shared_ptr<const TsGraph> graph,
                                           ConverterTable table) {
  return std::make_shared<GraphDecoder>(std::move(graph), table);
}

}  // namespace octet::importer::aten
