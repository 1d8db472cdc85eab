#include <array>

#include <openvino/opsets/opset13.hpp>

#include "import/aten/emitter.hpp"

/// Layers: pooling, attention, recurrent networks, resizing.
namespace octet::importer::aten {

std::span<const OpRow> neural_rows() {
  return {};
}

}  // namespace octet::importer::aten
