#include "report/modules.hpp"

#include <algorithm>
#include <string_view>

namespace octet::report {

Place split(const std::string& path) {
  const std::size_t at = path.find_last_of("./");
  if (at == std::string::npos) return {"", path};
  return {path.substr(0, at), path.substr(at + 1)};
}

std::string module_of(const Model& model, const std::string& node) {
  const SourceInfo* source = model.sources.find(node);
  // Only programs of torch name the class of the module.
  if (source && !source->module_class.empty()) return source->module_path;
  return split(source && !source->module_path.empty() ? source->module_path : node).group;
}

std::vector<std::string> parts_of(const std::string& module) {
  // The names of an ONNX model's modules hold dots.
  const char separator = module.find('/') == std::string::npos ? '.' : '/';
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= module.size();) {
    const std::size_t end = std::min(module.find(separator, begin), module.size());
    if (end > begin) parts.push_back(module.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string short_op(const std::string& op) {
  constexpr std::string_view prefix = "aten.";
  if (!op.starts_with(prefix)) return op;
  const std::string rest = op.substr(prefix.size());
  return rest.substr(0, rest.find('.'));
}

std::string op_of(const Model& model, const std::string& node, const std::string& type) {
  const SourceInfo* source = model.sources.find(node);
  return short_op(source && !source->op_type.empty() ? source->op_type : type);
}

}  // namespace octet::report
