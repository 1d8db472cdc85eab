#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "import/aten/program.hpp"
#include "import/aten/ts_graph.hpp"

namespace octet::importer::aten {

/// Converts a lowered program and gives its nodes their names. `reasons` says why the nodes that
/// lowering left unconverted were (by index in `Program::nodes`); where there is any, throws the
/// one `Error` that lists all.
Model convert(const Program& program, const std::vector<Output>& outputs,
              std::shared_ptr<const TsGraph> graph,
              const std::map<std::size_t, std::string>& reasons);

}  // namespace octet::importer::aten
