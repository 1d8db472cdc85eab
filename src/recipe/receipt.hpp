#pragma once

#include <map>
#include <string>

#include <openvino/core/model.hpp>

namespace octet::recipe {

/// What a quantized model says about how it was made, by the keys of its `rt_info`, such as
/// "model_fingerprint"; those of the options and the data begin with "provenance.". Empty for a
/// model of another tool.
std::map<std::string, std::string> receipt_of(const ov::Model& quantized);

}  // namespace octet::recipe
