#pragma once

#include <openvino/runtime/compiled_model.hpp>

#include "octet/runtime.hpp"

namespace octet::runtime {

/// What the plugin made of `graph`, in the order of execution; times where it was compiled with
/// profiling and has run.
std::vector<ExecutedLayer> layers_of(const ov::CompiledModel& compiled, const ov::Model& graph);

/// Splits the plugin's comma-separated list of names, some of which may hold commas themselves;
/// `is_name` tells which are names.
std::vector<std::string> split_names(const std::string& list,
                                     const std::function<bool(const std::string&)>& is_name);

}  // namespace octet::runtime
