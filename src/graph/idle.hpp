#pragma once

#include <vector>

#include "graph/view.hpp"

namespace octet::graph {

/// Units that hand on one tensor as it is, in its shape: conversions to the same type, reshapes to
/// the same shape, repetitions by 1. Converters leave them between the operations that they made
/// of one.
std::vector<char> find_idle(const Graph& graph, const View& view);

/// `view` with the same units, where the readers of an idle one read what it reads. Idle units are
/// left without edges.
View without_idle(const View& view, const std::vector<char>& is_idle);

/// Adds to each fusion the idle units between its members.
void include_idle(const View& view, const std::vector<char>& is_idle, std::vector<Fusion>& fusions);

}  // namespace octet::graph
