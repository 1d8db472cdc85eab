#pragma once

#include <set>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "octet/recipe.hpp"

namespace octet::search {

/// `edits` without what rounds the weights and the inputs of `layers` (friendly names), and without
/// the corrections of these layers' biases. A quantizer that stands before operations which only
/// move values goes where all layers behind these are in the list; where it serves others too, it
/// stays, and such a layer reads rounded values. `graph`: with the structural edits applied.
std::vector<Edit> without_layers(const ov::Model& graph, const std::vector<Edit>& edits,
                                 const std::set<std::string>& layers);

}  // namespace octet::search
