#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <openvino/op/ops.hpp>
#include <openvino/runtime/core.hpp>

#include "octet/model.hpp"

namespace octet::test {

/// Builds small graphs with named nodes and fixed random weights.
class Graph {
 public:
  std::shared_ptr<ov::op::v0::Parameter> input(const std::string& name,
                                               const ov::PartialShape& shape) {
    auto node = named(std::make_shared<ov::op::v0::Parameter>(ov::element::f32, shape), name);
    parameters_.push_back(node);
    return node;
  }
  std::shared_ptr<ov::op::v0::Constant> constant(const std::string& name, const ov::Shape& shape,
                                                 float low = -1, float high = 1) {
    std::uniform_real_distribution<float> values(low, high);
    std::vector<float> data(ov::shape_size(shape));
    for (float& value : data) value = values(random_);
    return named(std::make_shared<ov::op::v0::Constant>(ov::element::f32, shape, data), name);
  }
  template <typename Op>
  std::shared_ptr<Op> named(std::shared_ptr<Op> node, const std::string& name) {
    node->set_friendly_name(name);
    node->output(0).set_names({name});
    return node;
  }
  template <typename Op, typename... Arguments>
  std::shared_ptr<Op> op(const std::string& name, Arguments&&... arguments) {
    return named(std::make_shared<Op>(std::forward<Arguments>(arguments)...), name);
  }
  std::shared_ptr<ov::Node> batch_norm(const std::string& name, const ov::Output<ov::Node>& data,
                                       std::size_t channels) {
    const ov::Shape shape = {channels};
    return op<ov::op::v5::BatchNormInference>(
        name, data, constant(name + ".weight", shape, 0.5F, 2), constant(name + ".bias", shape),
        constant(name + ".running_mean", shape), constant(name + ".running_var", shape, 0.5F, 2),
        1e-3);
  }
  Model model(const ov::OutputVector& outputs) {
    ov::ResultVector results;
    for (const ov::Output<ov::Node>& output : outputs) {
      results.push_back(std::make_shared<ov::op::v0::Result>(output));
      results.back()->set_friendly_name(output.get_node()->get_friendly_name() + "/result");
    }
    Model model{std::make_shared<ov::Model>(results, parameters_, "test"), {}, "ov_model", "", {}};
    for (const auto& node : model.graph->get_ordered_ops())
      model.sources.set(node->get_friendly_name(), {node->get_friendly_name(), {}, {}, {}, {}});
    return model;
  }

 private:
  std::mt19937 random_{1};
  ov::ParameterVector parameters_;
};

inline std::shared_ptr<ov::Node> convolution(Graph& graph, const std::string& name,
                                             const ov::Output<ov::Node>& data,
                                             const ov::Output<ov::Node>& weight) {
  return graph.op<ov::op::v1::Convolution>(name, data, weight, ov::Strides{1, 1},
                                           ov::CoordinateDiff{1, 1}, ov::CoordinateDiff{1, 1},
                                           ov::Strides{1, 1});
}

inline std::vector<std::vector<float>> infer(const std::shared_ptr<ov::Model>& graph,
                                             unsigned seed = 7) {
  static ov::Core core;
  ov::InferRequest request = core.compile_model(graph, "CPU", {{"INFERENCE_PRECISION_HINT", "f32"}})
                                 .create_infer_request();
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(-1, 1);
  for (const ov::Output<const ov::Node>& input : request.get_compiled_model().inputs()) {
    ov::Tensor tensor(ov::element::f32, input.get_shape());
    for (std::size_t i = 0; i < tensor.get_size(); ++i) tensor.data<float>()[i] = values(random);
    request.set_tensor(input, tensor);
  }
  request.infer();
  std::vector<std::vector<float>> outputs;
  for (const ov::Output<const ov::Node>& output : request.get_compiled_model().outputs()) {
    const ov::Tensor tensor = request.get_tensor(output);
    outputs.emplace_back(tensor.data<float>(), tensor.data<float>() + tensor.get_size());
  }
  return outputs;
}

/// Largest difference relative to the largest value of `expected`.
inline double relative_error(const std::vector<float>& found, const std::vector<float>& expected) {
  if (found.size() != expected.size()) return INFINITY;
  double difference = 0, scale = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    difference = std::max(difference, std::abs(double{found[i]} - expected[i]));
    scale = std::max(scale, std::abs(double{expected[i]}));
  }
  return difference / scale;
}

inline std::shared_ptr<ov::Node> find(const Model& model, const std::string& name) {
  for (const auto& node : model.graph->get_ordered_ops())
    if (node->get_friendly_name() == name) return node;
  return nullptr;
}

template <typename Op>
std::size_t count(const Model& model) {
  std::size_t count = 0;
  for (const auto& node : model.graph->get_ordered_ops()) count += ov::is_type<Op>(node);
  return count;
}

}  // namespace octet::test
