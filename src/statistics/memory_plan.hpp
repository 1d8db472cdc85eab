#pragma once

#include <openvino/core/model.hpp>

#include "octet/quantize.hpp"
#include "statistics/plan.hpp"

namespace octet::statistics {

/// What running a graph takes, in bytes.
struct MemoryNeeds {
  std::size_t once = 0;        ///< however many samples run at a time
  std::size_t per_stream = 0;  ///< for each sample that runs
  std::size_t per_slot = 0;    ///< for each sample that is in flight, running or not
};

/// An estimate for a graph that is compiled for the CPU in FP32, observers included: the runtime
/// keeps the weights in an order of its own, reuses memory of tensors that nobody will read any
/// more, and computes some operations in place. A dimension that is not known counts as one. `keep`
/// samples are kept.
MemoryNeeds memory_needs(const ov::Model& graph, const std::vector<Watch>& watches,
                         std::size_t keep);

/// The most samples at a time, up to `threads`, for which `needs` stay within `limit` (0: none).
/// First fewer samples wait for their turn, then fewer run. One always runs.
MemoryPlan plan_memory(const MemoryNeeds& needs, std::size_t threads, std::size_t limit);

}  // namespace octet::statistics
