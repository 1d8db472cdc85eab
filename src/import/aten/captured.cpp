#include "import/aten/captured.hpp"

namespace octet::importer::aten {

void set_module(SourceInfo& info, std::string_view key, std::string_view path,
                std::string_view module_class) {
  // What torch adds itself, such as checks of sizes, is of no module.
  if (key.starts_with("_empty_nn_module_stack")) return;
  // A module that is called again is numbered: `conv@1`.
  info.module_path = path.substr(0, path.rfind('@'));
  info.module_class = module_class;
}

std::string user_line(const std::string& stack_trace) {
  std::string found;
  const std::string start = "File \"", middle = "\", line ";
  for (std::size_t at = stack_trace.find(start); at != std::string::npos;
       at = stack_trace.find(start, at + 1)) {
    const std::size_t file = at + start.size(), line = stack_trace.find(middle, file);
    if (line == std::string::npos) break;
    const std::string path = stack_trace.substr(file, line - file);
    const std::size_t number = line + middle.size();
    const std::size_t end = stack_trace.find_first_not_of("0123456789", number);
    // torch's own frames say nothing of the model.
    const bool is_torch = path.find("/site-packages/torch/") != std::string::npos;
    if (path.starts_with("torch/") || path.starts_with("<eval_with_key>") ||
        (is_torch && !found.empty()))
      continue;
    found = path + ":" + stack_trace.substr(number, end - number);
  }
  return found;
}

Diagnostic fixed_input(const std::string& name) {
  return {Diagnostic::Severity::note,
          "import",
          "fixed_input",
          "input '" + name + "'",
          "its value was fixed when the model was exported, so it is no input of the result",
          ""};
}

Diagnostic constant_output(const std::string& name) {
  return {Diagnostic::Severity::note,
          "import",
          "constant_output",
          "output '" + name + "'",
          "it is the same for all inputs, so it is left out",
          ""};
}

}  // namespace octet::importer::aten
