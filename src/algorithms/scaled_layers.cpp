#include "algorithms/scaled_layers.hpp"

#include "recipe/weighted_op.hpp"

namespace octet::algorithms {

ScaledLayers::ScaledLayers(const std::vector<Edit>& edits) {
  for (const Edit& any : edits) {
    const auto* edit = std::get_if<ScaleChannels>(&any);
    if (!edit) continue;
    for (const UseRef& use : edit->uses) by_layer_[use.node] = edits_.size();
    by_tensor_[edit->name.empty() ? edit->tensor : TensorRef{edit->name, 0}] = edits_.size();
    edits_.push_back(*edit);
  }
}

const ScaleChannels* ScaledLayers::of_layer(const std::string& layer) const {
  const auto found = by_layer_.find(layer);
  return found == by_layer_.end() ? nullptr : &edits_[found->second];
}

const ScaleChannels* ScaledLayers::of_tensor(const TensorRef& tensor) const {
  const auto found = by_tensor_.find(tensor);
  return found == by_tensor_.end() ? nullptr : &edits_[found->second];
}

recipe::ConstantPtr ScaledLayers::weight(const ov::Node& layer, std::size_t port) const {
  const recipe::ConstantPtr constant = recipe::constant_value(layer.input_value(port));
  const ScaleChannels* edit = of_layer(layer.get_friendly_name());
  const auto op = edit ? recipe::weighted_op(layer) : std::nullopt;
  if (!op || op->weight_port != port) return constant;
  const std::vector<double> scale(edit->scale.begin(), edit->scale.end());
  return std::make_shared<ov::op::v0::Constant>(
      constant->get_element_type(), constant->get_shape(),
      recipe::scaled(recipe::FloatView(constant), constant->get_shape(), op->input_axes, scale));
}

}  // namespace octet::algorithms
