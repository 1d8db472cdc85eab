#include <algorithm>
#include <numeric>

#include <openvino/op/constant.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/transpose.hpp>

#include "octet/error.hpp"
#include "runtime/session.hpp"

namespace octet::runtime {
namespace {

bool is_row_major(const AxisOrder& order) {
  return std::ranges::is_sorted(order);
}

void check(const AxisOrder& order, const ov::PartialShape& shape) {
  AxisOrder axes(order.size());
  std::iota(axes.begin(), axes.end(), 0);
  const bool fits = shape.rank().is_static() &&
                    static_cast<std::size_t>(shape.rank().get_length()) == order.size();
  if (!fits || !std::ranges::is_permutation(order, axes))
    throw Error(ErrorCode::invalid_argument, "runtime", "an axis order",
                "it does not name each axis of the shape " + shape.to_string() + " once",
                "Give every axis once, the slowest first");
}

std::shared_ptr<ov::Node> transpose(const ov::Output<ov::Node>& value, const AxisOrder& order) {
  return std::make_shared<ov::op::v1::Transpose>(
      value, ov::op::v0::Constant::create(ov::element::i64, {order.size()}, order));
}

/// The order that undoes `order`.
AxisOrder inverse(const AxisOrder& order) {
  AxisOrder result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[order[i]] = i;
  return result;
}

void reorder_input(ov::op::v0::Parameter& parameter, const AxisOrder& order) {
  const ov::PartialShape shape = parameter.get_partial_shape();
  check(order, shape);
  ov::PartialShape in_memory = shape;
  for (std::size_t i = 0; i < order.size(); ++i) in_memory[i] = shape[order[i]];
  const auto readers = parameter.output(0).get_target_inputs();
  parameter.set_partial_shape(in_memory);
  parameter.validate_and_infer_types();
  const auto logical = transpose(parameter.output(0), inverse(order));
  logical->set_friendly_name(parameter.get_friendly_name() + "/logical");
  for (ov::Input<ov::Node> reader : readers) reader.replace_source_output(logical);
}

void reorder_output(ov::op::v0::Result& result, const AxisOrder& order) {
  check(order, result.get_input_partial_shape(0));
  const auto value = result.input_value(0);
  const auto stored = transpose(value, order);
  stored->set_friendly_name(result.get_friendly_name() + "/stored");
  result.input(0).replace_source_output(stored);
}

}  // namespace

std::shared_ptr<ov::Model> with_axis_orders(const std::shared_ptr<ov::Model>& graph,
                                            const std::vector<AxisOrder>& inputs,
                                            const std::vector<AxisOrder>& outputs) {
  const auto clone = graph->clone();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!is_row_major(inputs[i])) reorder_input(*clone->get_parameters().at(i), inputs[i]);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (!is_row_major(outputs[i])) reorder_output(*clone->get_results().at(i), outputs[i]);
  clone->validate_nodes_and_infer_types();
  return clone;
}

}  // namespace octet::runtime
