#include "algorithms/scaled_layers.hpp"

#include "algorithms/channel_scaling.hpp"
#include "recipe/absorber.hpp"
#include "recipe/weighted_op.hpp"

namespace octet::algorithms {

ScaledLayers::ScaledLayers(const std::vector<Edit>& edits, const ov::Model& graph) {
  const NodesByName nodes = nodes_by_name(graph);
  for (const Edit& any : edits) {
    const auto* edit = std::get_if<ScaleChannels>(&any);
    if (!edit) continue;
    for (const UseRef& use : edit->uses) by_layer_[use.node] = edits_.size();
    by_tensor_[edit->name.empty() ? edit->tensor : TensorRef{edit->name, 0}] = edits_.size();
    if (edit->name.empty()) {
      const auto absorber = recipe::find_absorber(
          nodes.at(edit->tensor.node)->output(edit->tensor.output), edit->axis, edit->scale.size());
      if (absorber && absorber->layer)
        by_maker_[absorber->layer->get_friendly_name()] = edits_.size();
    }
    edits_.push_back(*edit);
  }
}

const ScaleChannels* ScaledLayers::of_layer(const std::string& layer) const {
  const auto found = by_layer_.find(layer);
  return found == by_layer_.end() ? nullptr : &edits_[found->second];
}

const ScaleChannels* ScaledLayers::of_maker(const std::string& layer) const {
  const auto found = by_maker_.find(layer);
  return found == by_maker_.end() ? nullptr : &edits_[found->second];
}

const ScaleChannels* ScaledLayers::of_tensor(const TensorRef& tensor) const {
  const auto found = by_tensor_.find(tensor);
  return found == by_tensor_.end() ? nullptr : &edits_[found->second];
}

recipe::ConstantPtr ScaledLayers::weight(const ov::Node& layer, std::size_t port) const {
  recipe::ConstantPtr constant = recipe::constant_value(layer.input_value(port));
  const auto op = recipe::weighted_op(layer);
  if (!op || op->weight_port != port) return constant;
  const auto scale = [&](const std::vector<std::size_t>& axes, const std::vector<double>& by) {
    constant = std::make_shared<ov::op::v0::Constant>(
        constant->get_element_type(), constant->get_shape(),
        recipe::scaled(recipe::FloatView(constant), constant->get_shape(), axes, by));
  };
  // In the order of the edits, so that the values are those of replaying them, bit for bit.
  const auto maker = by_maker_.find(layer.get_friendly_name());
  const auto reader = by_layer_.find(layer.get_friendly_name());
  const auto scale_as_maker = [&] {
    std::vector<double> factors;
    for (const float value : edits_[maker->second].scale) factors.push_back(1.0 / value);
    scale(op->output_axes, factors);
  };
  const bool maker_first =
      maker != by_maker_.end() && reader != by_layer_.end() && maker->second < reader->second;
  if (maker_first) scale_as_maker();
  if (reader != by_layer_.end()) {
    const std::vector<float>& by = edits_[reader->second].scale;
    scale(op->input_axes, {by.begin(), by.end()});
  }
  if (maker != by_maker_.end() && !maker_first) scale_as_maker();
  return constant;
}

}  // namespace octet::algorithms
