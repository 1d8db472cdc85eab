#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "octet/export.hpp"

namespace octet {

/// What went wrong, as one row of errors.def.
enum class ErrorCode {
#define OCTET_ERROR(name, exit_code, meaning) name,
#include "octet/errors.def"
#undef OCTET_ERROR
};

/// The row's name, for example "file_not_found".
OCTET_API std::string_view name_of(ErrorCode code);
/// Exit status of the command for this error.
OCTET_API int exit_code_of(ErrorCode code);
/// One sentence on what the code means.
OCTET_API std::string_view meaning_of(ErrorCode code);
/// Every code, in the table's order.
OCTET_API const std::vector<ErrorCode>& all_error_codes();

/// An error in the user's words: `[stage] where: problem. remedy`.
///
/// `where` names a file, or a node as `node 'layer4.0.conv1' (resnet.py:98)`, or is empty.
class OCTET_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string stage, std::string where, std::string problem,
        std::string remedy);

  ErrorCode code() const noexcept { return code_; }
  const std::string& stage() const noexcept { return stage_; }
  const std::string& where() const noexcept { return where_; }
  const std::string& problem() const noexcept { return problem_; }
  const std::string& remedy() const noexcept { return remedy_; }

 private:
  ErrorCode code_;
  std::string stage_, where_, problem_, remedy_;
};

/// Something that the user should know and that did not stop the run. Diagnostics are returned,
/// never printed by the library.
struct Diagnostic {
  enum class Severity { note, warning };
  Severity severity = Severity::warning;
  std::string stage;    ///< folder of the pipeline, such as "import"
  std::string code;     ///< stable short name, such as "dead_channel"
  std::string where;    ///< file or node in the user's words, or empty
  std::string message;  ///< what is the case
  std::string remedy;   ///< what to do about it, or empty
};

/// `[stage] where: message. remedy`
OCTET_API std::string to_string(const Diagnostic& diagnostic);

}  // namespace octet
