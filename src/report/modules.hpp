#pragma once

#include <string>
#include <vector>

#include "octet/model.hpp"

namespace octet::report {

/// A layer under the module that holds it.
struct Place {
  std::string group, name;
};

/// Splits `layer4.0.conv1` or `/layer4/conv1/Conv` before its last part.
Place split(const std::string& path);
/// The path of the module that does the node's operation; empty: the model itself. Where the source
/// tells of no modules, it is taken from the node's name.
std::string module_of(const Model& model, const std::string& node);
/// `{"layer4", "0"}` of `layer4.0`, `{"layer4", "layer4.0"}` of `/layer4/layer4.0`.
std::vector<std::string> parts_of(const std::string& module);
/// `conv2d` of `aten.conv2d.default`.
std::string short_op(const std::string& op);
/// The operation in the source's words, or else OpenVINO's `type`.
std::string op_of(const Model& model, const std::string& node, const std::string& type);

}  // namespace octet::report
