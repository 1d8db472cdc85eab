#pragma once

#include <string>
#include <vector>

#include <openvino/core/model.hpp>

namespace octet::diagnose {

/// What the user knows the model's outputs by: the first of a tensor's names, or the name of the
/// node that makes it.
std::vector<std::string> output_names(const ov::Model& graph);

}  // namespace octet::diagnose
