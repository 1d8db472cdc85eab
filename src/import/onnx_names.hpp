#pragma once

#include <map>
#include <memory>
#include <string>

#include <openvino/core/model.hpp>

#include "import/onnx_nodes.hpp"
#include "octet/model.hpp"

namespace octet::importer {

/// Folds constant arithmetic on weights, gives the nodes that OpenVINO numbered names of their
/// ONNX node's, and tells where each came from.
SourceMap name_onnx_nodes(const std::shared_ptr<ov::Model>& graph,
                          const std::map<std::string, OnnxNode>& nodes);

}  // namespace octet::importer
