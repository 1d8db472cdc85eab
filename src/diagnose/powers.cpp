#include "diagnose/powers.hpp"

#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/reduce_sum.hpp>
#include <openvino/op/reshape.hpp>

#include "recipe/constants.hpp"
#include "recipe/weighted_op.hpp"
#include "recipe/workspace.hpp"

namespace octet::diagnose {

using ov::op::v0::Constant;

Shifts shifts_between(const ov::Model& exact, const ov::Model& rounded) {
  std::unordered_map<std::string, std::shared_ptr<ov::Node>> nodes;
  for (const auto& node : rounded.get_ordered_ops()) nodes.emplace(node->get_friendly_name(), node);
  Shifts shifts;
  for (const auto& node : exact.get_ordered_ops()) {
    const auto found = nodes.find(node->get_friendly_name());
    const auto op = recipe::weighted_op(*node);
    if (!op || found == nodes.end()) continue;
    const auto bias_of = [&](const std::shared_ptr<ov::Node>& layer) {
      const recipe::Bias bias =
          recipe::find_bias(layer, op->rank, op->output_axis, op->output_channels);
      return bias.add ? bias.values : std::vector<double>(op->output_channels, 0);
    };
    const std::vector<double> before = bias_of(node), after = bias_of(found->second);
    if (before.size() != after.size() || before == after) continue;
    std::vector<float>& shift = shifts[node->get_friendly_name()];
    for (std::size_t i = 0; i < after.size(); ++i)
      shift.push_back(static_cast<float>(after[i] - before[i]));
  }
  return shifts;
}

ov::Output<ov::Node> shifted(const ov::Output<ov::Node>& output, const ov::Node& layer,
                             const Shifts& shifts) {
  const auto found = shifts.find(layer.get_friendly_name());
  const auto op = recipe::weighted_op(layer);
  if (found == shifts.end() || !op) return output;
  const ov::Shape shape = recipe::channel_shape(op->rank, op->output_axis, op->output_channels);
  return std::make_shared<ov::op::v1::Add>(
      output, std::make_shared<Constant>(output.get_element_type(), shape, found->second));
}

std::shared_ptr<ov::op::v0::Result> sum_of_squares(const ov::Output<ov::Node>& tensor) {
  const auto flat = std::make_shared<ov::op::v1::Reshape>(
      std::make_shared<ov::op::v0::Convert>(tensor, ov::element::f32),
      Constant::create(ov::element::i64, {1}, {-1}), false);
  return std::make_shared<ov::op::v0::Result>(
      std::make_shared<ov::op::v1::ReduceSum>(std::make_shared<ov::op::v1::Multiply>(flat, flat),
                                              Constant::create(ov::element::i64, {1}, {0}), false));
}

}  // namespace octet::diagnose
