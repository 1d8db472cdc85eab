#pragma once

#include <memory>
#include <optional>

#include <openvino/core/model.hpp>

#include "import/aten/emitter.hpp"
#include "import/aten/ts_graph.hpp"

namespace octet::importer::aten {

/// An operation that the frontend left unconverted.
struct Refusal {
  std::size_t source = no_source;  ///< index in `Program::nodes`
  std::string op;
  std::string reason;
};

/// Converts what the frontend can; the rest stay in the graph as framework nodes.
std::shared_ptr<ov::Model> convert_partially(const std::shared_ptr<const TsGraph>& graph);
/// What the frontend says of a node that it could not convert. Lists and None are no refusals.
std::optional<Refusal> refusal_of(const ov::Node& node);
/// After `normalize`: every node that is still no OpenVINO operation.
std::vector<Refusal> leftovers(const ov::Model& model);
/// Resolves lists and tuples and runs the frontend's own clean-up.
void normalize(const std::shared_ptr<ov::Model>& model);

}  // namespace octet::importer::aten
