#pragma once

#include <map>
#include <string>
#include <vector>

#include "import/aten/program.hpp"
#include "import/pt2/json.hpp"
#include "import/pt2/tensors.hpp"

namespace octet::importer::pt2 {

/// A value in an argument's place. Fails where the kind is not known.
aten::Argument read_argument(const View& argument);

struct Nodes {
  std::vector<aten::Node> items;
  std::map<std::string, std::string> renamed;  ///< results of inlined graphs: new name by old
};

/// Reads the nodes of a graph in order; graphs that only change a mode of torch (gradients,
/// autocast) are inlined.
Nodes read_nodes(const View& graph, const Bounds& bounds);

/// Type and shape of a tensor or symbolic value of the graph.
aten::ValueMeta value_meta(const View& graph, const std::string& kind, const std::string& name,
                           const Bounds& bounds);

/// Module and source line from a node's metadata.
SourceInfo read_source(const View& node);

}  // namespace octet::importer::pt2
