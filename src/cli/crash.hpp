#pragma once

namespace octet::cli {

/// From now on a crash (SIGSEGV, SIGABRT, SIGFPE, SIGILL) asks for a report that holds the command
/// line, before the process ends by that signal. SIGBUS, which is what reading a file that shrank
/// under its mapping gives, ends the process as an unreadable input does.
void report_crashes(int argc, const char* const* argv);

}  // namespace octet::cli
