#include "cli/crash.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "cli/console.hpp"
#include "octet/error.hpp"

namespace octet::cli {
namespace {

// Made before any crash: a handler may neither allocate nor format.
std::string report, shrunk, exhausted;  // NOLINT: they outlive every thread on purpose

void write_all(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(STDERR_FILENO, text.data() + at, text.size() - at);
    if (count <= 0) return;
    at += static_cast<std::size_t>(count);
  }
}

/// Libraries that start threads end the process where the system has no memory for one, instead of
/// passing the error on.
bool is_memory_short() {
  constexpr std::size_t probe = std::size_t{64} << 20;
  void* const address = ::mmap(nullptr, probe, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return true;
  ::munmap(address, probe);
  return false;
}

void on_crash(int number) {
  if (is_memory_short()) {
    write_all(exhausted);
    ::_exit(exit_code_of(ErrorCode::out_of_memory));
  }
  write_all(report);
  // Installed with SA_RESETHAND: the signal now does what it does by default.
  ::raise(number);
}

void on_bus_error(int, siginfo_t* info, void*) {
  if (info->si_code != BUS_ADRERR) return on_crash(SIGBUS);
  write_all(shrunk);
  ::_exit(exit_code_of(ErrorCode::file_unreadable));
}

}  // namespace

void report_crashes(int argc, const char* const* argv) {
  report =
      "octet: a defect of Octet: it crashed.\n"
      "Please report it, with the model if you can share it, and this command:\n  " +
      command_line(argc, argv) + "\n";
  exhausted =
      "octet: memory ran out. The output is as it was before. Close other programs, raise the "
      "limit "
      "(ulimit -v), or use a smaller model or fewer threads.\n";
  shrunk =
      "octet: a file became shorter while it was read. The output is as it was before. Run the "
      "command again once nothing writes to its inputs.\n";
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGILL}) ::sigaction(number, &action, nullptr);
  action.sa_sigaction = on_bus_error;
  action.sa_flags |= SA_SIGINFO;
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace octet::cli
