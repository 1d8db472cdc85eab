#pragma once

#include <unordered_set>

#include <openvino/core/model.hpp>

namespace octet::statistics {

/// Nodes whose tensors, of four or five axes, a runtime is likely to keep with the channels as the
/// innermost axis or in blocks of channels: convolutions, and what keeps their layout. A wrong
/// guess costs time, nothing else.
std::unordered_set<const ov::Node*> channels_last_nodes(const ov::Model& graph);

/// `tensor` with axis 1 moved to the end.
ov::Output<ov::Node> channels_last(const ov::Output<ov::Node>& tensor);

}  // namespace octet::statistics
