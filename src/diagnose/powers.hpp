#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/op/result.hpp>

namespace octet::diagnose {

/// What the correction of biases adds to a layer's output, one value a channel, by the layer's
/// name.
using Shifts = std::unordered_map<std::string, std::vector<float>>;

/// The shifts in `rounded`, as its biases differ from those of the same layers in `exact`.
Shifts shifts_between(const ov::Model& exact, const ov::Model& rounded);

/// `output` of a clone of `layer` with the layer's shift added, or as it is where there is none.
ov::Output<ov::Node> shifted(const ov::Output<ov::Node>& output, const ov::Node& layer,
                             const Shifts& shifts);

/// A new result: the sum of the squares of all elements, as f32 of shape [].
std::shared_ptr<ov::op::v0::Result> sum_of_squares(const ov::Output<ov::Node>& tensor);

}  // namespace octet::diagnose
