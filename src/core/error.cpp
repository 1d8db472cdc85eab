#include "octet/error.hpp"

#include <array>

namespace octet {
namespace {

struct Row {
  ErrorCode code;
  std::string_view name;
  int exit_code;
  std::string_view meaning;
};

constexpr std::array rows = {
#define OCTET_ERROR(name, exit_code, meaning) Row{ErrorCode::name, #name, exit_code, meaning},
#include "octet/errors.def"
#undef OCTET_ERROR
};

const Row& row_of(ErrorCode code) {
  return rows.at(static_cast<std::size_t>(code));
}

std::string sentence(std::string text) {
  if (!text.empty() && text.back() != '.' && text.back() != '!' && text.back() != '?') text += '.';
  return text;
}

std::string format(const std::string& stage, const std::string& where, const std::string& problem,
                   const std::string& remedy) {
  std::string text = "[" + stage + "] ";
  if (!where.empty()) text += where + ": ";
  text += sentence(problem);
  if (!remedy.empty()) text += " " + sentence(remedy);
  return text;
}

}  // namespace

std::string_view name_of(ErrorCode code) {
  return row_of(code).name;
}
int exit_code_of(ErrorCode code) {
  return row_of(code).exit_code;
}
std::string_view meaning_of(ErrorCode code) {
  return row_of(code).meaning;
}

const std::vector<ErrorCode>& all_error_codes() {
  static const std::vector<ErrorCode> codes = [] {
    std::vector<ErrorCode> all;
    for (const Row& row : rows) all.push_back(row.code);
    return all;
  }();
  return codes;
}

Error::Error(ErrorCode code, std::string stage, std::string where, std::string problem,
             std::string remedy)
    : std::runtime_error(format(stage, where, problem, remedy)),
      code_(code),
      stage_(std::move(stage)),
      where_(std::move(where)),
      problem_(std::move(problem)),
      remedy_(std::move(remedy)) {}

std::string to_string(const Diagnostic& diagnostic) {
  return format(diagnostic.stage, diagnostic.where, diagnostic.message, diagnostic.remedy);
}

}  // namespace octet
