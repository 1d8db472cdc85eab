#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "import/aten/program.hpp"
#include "import/aten/ts_graph.hpp"

namespace octet::importer::aten {

/// The program's outputs, without those that are None.
struct Outputs {
  std::vector<Output> items;
  std::vector<std::size_t> result_of;  ///< of each: index of its value in the graph's outputs
};

/// Converts a lowered program and gives its nodes their names. `reasons` says why the nodes that
/// lowering left unconverted were (by index in `Program::nodes`); where there is any, throws the
/// one `Error` that lists all.
Model convert(const Program& program, const Outputs& outputs, std::shared_ptr<const TsGraph> graph,
              const std::map<std::size_t, std::string>& reasons);

}  // namespace octet::importer::aten
