#include <unordered_map>

#include <openvino/core/attribute_visitor.hpp>
#include <openvino/core/model.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/util/multi_subgraph_base.hpp>

#include "core/hash.hpp"
#include "octet/recipe.hpp"

namespace octet {
namespace {

using core::Hash64;

/// Feeds an operation's attributes to the hash. Attributes that are objects (bodies of loops,
/// variables) come without a value here; bodies are hashed apart.
class AttributeHash final : public ov::AttributeVisitor {
 public:
  explicit AttributeHash(Hash64& hash) : hash_(hash) {}

  void on_adapter(const std::string& name, ov::ValueAccessor<void>&) override { hash_.text(name); }
  void on_adapter(const std::string& name,
                  ov::ValueAccessor<std::shared_ptr<ov::Model>>&) override {
    hash_.text(name);
  }
#define OCTET_ON(...)                                                                        \
  void on_adapter(const std::string& name, ov::ValueAccessor<__VA_ARGS__>& value) override { \
    hash_.text(name);                                                                        \
    add(value.get());                                                                        \
  }
  OCTET_ON(std::string)
  OCTET_ON(bool)
  OCTET_ON(std::int64_t)
  OCTET_ON(double)
  OCTET_ON(std::vector<std::int8_t>)
  OCTET_ON(std::vector<std::int16_t>)
  OCTET_ON(std::vector<std::int32_t>)
  OCTET_ON(std::vector<std::int64_t>)
  OCTET_ON(std::vector<std::uint8_t>)
  OCTET_ON(std::vector<std::uint16_t>)
  OCTET_ON(std::vector<std::uint32_t>)
  OCTET_ON(std::vector<std::uint64_t>)
  OCTET_ON(std::vector<float>)
  OCTET_ON(std::vector<double>)
  OCTET_ON(std::vector<std::string>)
#undef OCTET_ON
  using ov::AttributeVisitor::on_adapter;

 private:
  void add(const std::string& value) {
    hash_.text(value);
  }
  template <typename Number>
  std::enable_if_t<std::is_arithmetic_v<Number>> add(Number value) {
    hash_.number(value);
  }
  template <typename Item>
  void add(const std::vector<Item>& values) {
    hash_.number(static_cast<std::uint64_t>(values.size()));
    for (const Item& value : values) add(value);
  }

  Hash64& hash_;
};

void add_constant(Hash64& hash, const ov::op::v0::Constant& constant) {
  if (constant.get_element_type() == ov::element::string) {
    for (const std::string& text : constant.get_vector<std::string>()) hash.text(text);
    return;
  }
  hash.bytes(constant.get_data_ptr(), constant.get_byte_size());
}

void add_model(Hash64& hash, const ov::Model& model) {
  std::unordered_map<const ov::Node*, std::uint64_t> order;
  for (const std::shared_ptr<ov::Node>& node : model.get_ordered_ops()) {
    order.emplace(node.get(), order.size());
    hash.text(node->get_friendly_name());
    hash.text(node->get_type_info().name);
    hash.text(node->get_type_info().version_id ? node->get_type_info().version_id : "");
    hash.number(static_cast<std::uint64_t>(node->get_input_size()));
    for (const ov::Output<ov::Node>& input : node->input_values()) {
      hash.number(order.at(input.get_node()));
      hash.number(static_cast<std::uint64_t>(input.get_index()));
    }
    for (const ov::Output<ov::Node>& output : node->outputs()) {
      hash.text(output.get_element_type().get_type_name());
      hash.text(output.get_partial_shape().to_string());
    }
    if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node)) {
      add_constant(hash, *constant);
      continue;
    }
    AttributeHash attributes(hash);
    node->visit_attributes(attributes);
    if (const auto nested = ov::as_type_ptr<ov::op::util::MultiSubGraphOp>(node))
      for (const std::shared_ptr<ov::Model>& body : nested->get_functions()) add_model(hash, *body);
  }
  for (const auto& parameter : model.get_parameters()) hash.number(order.at(parameter.get()));
  for (const auto& result : model.get_results()) hash.number(order.at(result.get()));
}

}  // namespace

std::string fingerprint(const Model& model) {
  Hash64 hash;
  add_model(hash, *model.graph);
  return hash.hex();
}

}  // namespace octet
