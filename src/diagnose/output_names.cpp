#include "diagnose/output_names.hpp"

#include <algorithm>

namespace octet::diagnose {

std::vector<std::string> output_names(const ov::Model& graph) {
  std::vector<std::string> result;
  for (const auto& output : graph.get_results()) {
    const auto& names = output->input_value(0).get_names();
    result.push_back(names.empty() ? output->get_input_node_shared_ptr(0)->get_friendly_name()
                                   : *std::min_element(names.begin(), names.end()));
  }
  return result;
}

}  // namespace octet::diagnose
