#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <openvino/core/model.hpp>

#include "octet/model.hpp"
#include "octet/recipe.hpp"
#include "recipe/constants.hpp"
#include "recipe/weighted_op.hpp"

namespace octet::recipe {

/// The clone that a recipe's edits work on, with its nodes by name.
class Workspace {
 public:
  explicit Workspace(const Model& model);

  /// The node of that friendly name; throws recipe_mismatch where there is none.
  const std::shared_ptr<ov::Node>& node(const std::string& name) const;
  ov::Output<ov::Node> output(const TensorRef& tensor) const;
  ov::Input<ov::Node> input(const UseRef& use) const;

  /// Names `node` and makes it findable. The name must be free.
  template <typename Op>
  std::shared_ptr<Op> add(std::shared_ptr<Op> node, const std::string& name) {
    register_node(node, name);
    return node;
  }
  /// `name`, or the first of `name_1`, `name_2`, … that no node has.
  std::string free_name(const std::string& name) const;
  void forget(const std::string& name) { nodes_.erase(name); }

  /// Moves all uses and the tensor's names from one output to another.
  void replace(ov::Output<ov::Node> from, ov::Output<ov::Node> to);

  /// Throws `Error` (recipe_mismatch) about the node `name`, in the user's words.
  [[noreturn]] void mismatch(const std::string& name, const std::string& problem) const;

  const Model& source() const { return source_; }
  Model finish();

  /// What was made already from one output, so that layers which share a weight go on sharing it:
  /// (output of the weight, kind of edit, its numbers) → the new output. The key keeps the old
  /// node alive, so that no other node takes its address.
  using WeightKey =
      std::tuple<std::shared_ptr<ov::Node>, std::size_t, std::string, std::vector<double>>;
  std::map<WeightKey, ov::Output<ov::Node>> made;

 private:
  void register_node(const std::shared_ptr<ov::Node>& node, const std::string& name);

  const Model& source_;
  std::shared_ptr<ov::Model> graph_;
  std::unordered_map<std::string, std::shared_ptr<ov::Node>> nodes_;
};

/// A constant of a floating type from f64 or f32 values.
template <typename Number>
ConstantPtr make_constant(const ov::element::Type& type, const ov::Shape& shape,
                          const std::vector<Number>& values) {
  return std::make_shared<ov::op::v0::Constant>(type, shape, values);
}

void apply_edit(Workspace& workspace, const FoldBatchNorm& edit);
void apply_edit(Workspace& workspace, const ScaleChannels& edit);
void apply_edit(Workspace& workspace, const QuantizeActivation& edit);
void apply_edit(Workspace& workspace, const QuantizeWeight& edit);
void apply_edit(Workspace& workspace, const ShiftBias& edit);

/// Multiplies the weight of `layer` by `scale` along the channels that `axes` of it count. A weight
/// that several layers share, and that is scaled alike in all, stays shared.
void scale_weight(Workspace& workspace, const std::shared_ptr<ov::Node>& layer,
                  const WeightedOp& op, const std::vector<std::size_t>& axes,
                  const std::vector<double>& scale);
/// Gives input `port` of `node` another constant of the same type, under the old one's name where
/// nothing else uses that.
void replace_constant(Workspace& workspace, const std::shared_ptr<ov::Node>& node, std::size_t port,
                      const ov::Shape& shape, const std::vector<double>& values);

/// The constant bias that follows `node`: the Add that is its only consumer.
struct Bias {
  std::shared_ptr<ov::Node> add;  ///< null: there is none
  std::size_t port = 0;           ///< input of `add` that holds the constant
  std::vector<double> values;     ///< one a channel
};
/// `axis` is the channel axis of `node`'s output of rank `rank`.
Bias find_bias(const std::shared_ptr<ov::Node>& node, std::size_t rank, std::size_t axis,
               std::size_t channels);
/// Gives `bias.add` other values.
void set_bias(Workspace& workspace, const Bias& bias, std::size_t rank, std::size_t axis,
              const std::vector<double>& values);
/// Puts an Add of that name after `node`'s first output, which takes over its uses and names.
std::shared_ptr<ov::Node> insert_bias(Workspace& workspace, const std::shared_ptr<ov::Node>& node,
                                      const std::string& name, std::size_t rank, std::size_t axis,
                                      const std::vector<double>& values);

}  // namespace octet::recipe
