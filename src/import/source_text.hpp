#pragma once

#include <string>

#include "octet/model.hpp"

namespace octet::importer {

/// `resnet.py:98` of `/path/resnet.py:98`.
std::string short_source_line(const std::string& source_line);
/// `'layer4.0.conv1' (resnet.py:98)`: the module where known, else the value.
std::string describe_source(const SourceInfo& info);

}  // namespace octet::importer
