#pragma once

#include <memory>

#include <openvino/frontend/pytorch/decoder.hpp>

#include "import/aten/ts_graph.hpp"

namespace octet::importer::aten {

/// Which of the frontend's two tables of conversions a graph asks for.
enum class ConverterTable { ts, fx };

/// Shows a TsGraph to OpenVINO's PyTorch frontend: one decoder for the graph, one for each node.
std::shared_ptr<ov::frontend::pytorch::TorchDecoder> make_decoder(
    std::shared_ptr<const TsGraph> graph, ConverterTable table = ConverterTable::ts);

}  // namespace octet::importer::aten
