#pragma once

#include <string>
#include <vector>

#include "graph/view.hpp"

namespace octet::scheme {

/// Fills the reason of every unit between the last layers with weights and an output, on a path
/// that holds a TopK or NonMaxSuppression: boxes and scores want exact arithmetic, and it is little
/// work.
void ignore_post_processing(const graph::Graph& graph, const graph::View& view,
                            std::vector<std::string>& ignored);

}  // namespace octet::scheme
