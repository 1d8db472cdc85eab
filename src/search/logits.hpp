#pragma once

#include <memory>

#include <openvino/core/model.hpp>

namespace octet::search {

/// A clone of `graph` whose outputs that a softmax makes are what the softmax reads: probabilities
/// near 0 and 1 tell little of the error behind them.
std::shared_ptr<ov::Model> with_logits(const ov::Model& graph);

}  // namespace octet::search
