#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace octet::scheme {

/// Arithmetic on the state of a cell that is stepped in a loop: the elementwise operations between
/// its layers, down to the next layer. A layer belongs to a loop where its weight serves at least
/// three layers, each of which depends on the one before. What is rounded there comes back at every
/// step, and adds up.
std::vector<char> recurrent_arithmetic(const graph::Graph& graph);

}  // namespace octet::scheme
