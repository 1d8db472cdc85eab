#pragma once

#include "octet/model.hpp"
#include "statistics/samples.hpp"

namespace octet::statistics {

/// Whether the model treats the rows of `item`, which has at least two along the open first axes of
/// its inputs, each by itself: the first two together give what they give alone, one after the
/// other. An axis of time or of boxes can be open too, and is no batch. Compiles the model once and
/// runs it three times, in FP32. Throws `Error` (runtime_failed) where the model cannot be
/// compiled.
bool rows_are_samples(const Model& model, const BoundSample& item, std::size_t threads);

}  // namespace octet::statistics
