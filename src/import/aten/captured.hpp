#pragma once

#include <array>
#include <string>
#include <string_view>

#include "octet/model.hpp"

/// What the `.pt2` reader and the Python walker read alike from what torch.export captured.
namespace octet::importer::aten {

/// Calls that run a nested graph under another mode of torch; the values are the same.
inline constexpr std::array mode_wrappers = {"higher_order.wrap_with_set_grad_enabled",
                                             "higher_order.wrap_with_autocast",
                                             "higher_order.strict_mode",
                                             "higher_order.hints_wrapper",
                                             "higher_order.wrap",
                                             "higher_order.tag_activation_checkpoint"};

/// Sets module path and class from the innermost entry of torch's module stack.
OCTET_API void set_module(SourceInfo& info, std::string_view key, std::string_view path,
                          std::string_view module_class);

/// `/path/resnet.py:98`: the user's innermost line of a stack trace as torch writes it, or empty.
OCTET_API std::string user_line(const std::string& stack_trace);

/// The note that an argument of the model was fixed when it was exported.
OCTET_API Diagnostic fixed_input(const std::string& name);
/// The note that an output of the model is left out, because it is the same for all inputs.
OCTET_API Diagnostic constant_output(const std::string& name);

}  // namespace octet::importer::aten
