#include "cli/console.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace octet::cli {

void print(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(ErrorCode::output_unwritable, "command", "standard output",
                std::string("it cannot be written (") + std::strerror(errno) + ")",
                "Check where it is redirected to");
}

void print(const std::vector<Diagnostic>& diagnostics, bool quiet) {
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool is_note = diagnostic.severity == Diagnostic::Severity::note;
    if (is_note && quiet) continue;
    std::fprintf(stderr, "octet: %s: %s\n", is_note ? "note" : "warning",
                 to_string(diagnostic).c_str());
  }
}

void print_error(const std::string& message) {
  std::fprintf(stderr, "octet: error: %s\n", message.c_str());
}

std::string command_line(int argc, const char* const* argv) {
  std::string line = "octet";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool is_plain =
        !word.empty() && word.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-./,=:@%+") == word.npos;
    line += ' ';
    if (is_plain) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace octet::cli
