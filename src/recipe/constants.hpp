#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include <openvino/core/node.hpp>
#include <openvino/op/constant.hpp>

namespace octet::recipe {

using ConstantPtr = std::shared_ptr<ov::op::v0::Constant>;

/// Value of `output` where it follows from constants alone (a constant behind Convert, Reshape,
/// Transpose, …); null where it does not.
ConstantPtr constant_value(const ov::Output<ov::Node>& output);

/// The one constant that `output`'s value is made from by following first inputs; null where
/// `output` does not follow from constants alone.
ConstantPtr source_constant(const ov::Output<ov::Node>& output);

/// Whether `constant` and all between it and `output` serve nothing but one use of `output`.
bool used_once(const ov::Output<ov::Node>& output);

/// `constant` as f32; f32 constants are not copied.
class FloatView {
 public:
  explicit FloatView(const ConstantPtr& constant);
  const float* data() const { return data_; }
  std::size_t size() const { return size_; }
  float operator[](std::size_t i) const { return data_[i]; }

 private:
  ConstantPtr constant_;
  std::vector<float> copy_;
  const float* data_;
  std::size_t size_;
};

/// `weight`·scale along the channels that `axes` of `shape` count, computed in f64.
std::vector<float> scaled(const FloatView& weight, const ov::Shape& shape,
                          const std::vector<std::size_t>& axes, const std::vector<double>& scale);

/// The values of `constant`, one for each of `channels` along `axis` of a tensor of rank `rank`
/// that it is broadcast to (numpy's rules); nothing where it varies along another axis or would
/// widen the tensor.
std::optional<std::vector<double>> per_channel(const ConstantPtr& constant, std::size_t rank,
                                               std::size_t axis, std::size_t channels);

/// Shape of rank `rank` that is `channels` along `axis` and 1 elsewhere.
ov::Shape channel_shape(std::size_t rank, std::size_t axis, std::size_t channels);

}  // namespace octet::recipe
