#include "recipe/batch_norm.hpp"

#include <algorithm>
#include <cmath>

#include <openvino/op/batch_norm.hpp>
#include <openvino/op/multiply.hpp>

#include "recipe/constants.hpp"
#include "recipe/workspace.hpp"

namespace octet::recipe {
namespace {

/// Ports of data, gamma, beta, mean and variance.
struct Ports {
  std::size_t data, gamma, beta, mean, variance;
};

struct BatchNorm {
  Ports ports;
  double epsilon;
};

std::optional<BatchNorm> batch_norm(const std::shared_ptr<ov::Node>& node) {
  if (const auto v5 = ov::as_type_ptr<ov::op::v5::BatchNormInference>(node))
    return BatchNorm{{0, 1, 2, 3, 4}, v5->get_eps_value()};
  if (const auto v0 = ov::as_type_ptr<ov::op::v0::BatchNormInference>(node))
    return BatchNorm{{2, 0, 1, 3, 4}, v0->get_eps_value()};
  return std::nullopt;
}

/// The layer whose output, with or without a bias, is `data`; nothing else may read either.
std::optional<Fold> layer_before(const ov::Output<ov::Node>& data) {
  if (data.get_target_inputs().size() != 1) return std::nullopt;
  std::shared_ptr<ov::Node> layer = data.get_node_shared_ptr();
  std::optional<WeightedOp> op = weighted_op(*layer);
  if (!op) {
    for (const ov::Output<ov::Node>& input : data.get_node()->input_values()) {
      layer = input.get_node_shared_ptr();
      op = weighted_op(*layer);
      if (op) break;
    }
    if (!op || find_bias(layer, op->rank, op->output_axis, op->output_channels).add !=
                   data.get_node_shared_ptr())
      return std::nullopt;
  }
  const ov::element::Type type = layer->get_output_element_type(0);
  if (type != ov::element::f32 && type != ov::element::f16 && type != ov::element::bf16)
    return std::nullopt;
  if (!constant_value(layer->input_value(op->weight_port))) return std::nullopt;
  return Fold{layer, *op, {}, {}, false};
}

bool is_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

std::optional<Fold> fold_batch_norm(const std::shared_ptr<ov::Node>& node, const BatchNorm& norm) {
  std::optional<Fold> fold = layer_before(node->input_value(norm.ports.data));
  if (!fold || fold->op.output_axis != 1) return std::nullopt;
  const std::size_t channels = fold->op.output_channels;
  const auto read = [&](std::size_t port) -> std::vector<double> {
    const ConstantPtr constant = constant_value(node->input_value(port));
    if (!constant) return {};
    return per_channel(constant, 1, 0, channels).value_or(std::vector<double>{});
  };
  const std::vector<double> gamma = read(norm.ports.gamma), beta = read(norm.ports.beta),
                            mean = read(norm.ports.mean), variance = read(norm.ports.variance);
  if (gamma.empty() || beta.empty() || mean.empty() || variance.empty()) return std::nullopt;
  fold->has_shift = true;
  fold->scale.resize(channels);
  fold->shift.resize(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    fold->scale[c] = gamma[c] / std::sqrt(variance[c] + norm.epsilon);
    fold->shift[c] = beta[c] - mean[c] * fold->scale[c];
  }
  if (!is_finite(fold->scale) || !is_finite(fold->shift)) return std::nullopt;
  return fold;
}

std::optional<Fold> fold_multiply(const std::shared_ptr<ov::Node>& node) {
  for (const std::size_t port : {std::size_t{1}, std::size_t{0}}) {
    const ConstantPtr constant = constant_value(node->input_value(port));
    if (!constant) continue;
    std::optional<Fold> fold = layer_before(node->input_value(1 - port));
    if (!fold) return std::nullopt;
    const WeightedOp& op = fold->op;
    std::optional<std::vector<double>> scale =
        per_channel(constant, op.rank, op.output_axis, op.output_channels);
    if (!scale || !is_finite(*scale)) return std::nullopt;
    fold->scale = std::move(*scale);
    fold->shift.assign(op.output_channels, 0.0);
    return fold;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fold> find_fold(const std::shared_ptr<ov::Node>& node) {
  if (const std::optional<BatchNorm> norm = batch_norm(node)) return fold_batch_norm(node, *norm);
  if (ov::is_type<ov::op::v1::Multiply>(node)) return fold_multiply(node);
  return std::nullopt;
}

}  // namespace octet::recipe
