#include "cli/progress_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cli/console.hpp"

namespace octet::cli {
namespace {

constexpr std::chrono::milliseconds pause{100};

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) && kind && std::strcmp(kind, "dumb") != 0;
}

}  // namespace

std::string progress_text(const Progress& progress, double seconds) {
  char text[128];
  if (progress.done == 0) return progress.stage;
  const double rate = static_cast<double>(progress.done) / std::max(seconds, 1e-9);
  if (progress.total == 0) {
    std::snprintf(text, sizeof text, "  %zu   %.1f/s", progress.done, rate);
    return progress.stage + text;
  }
  const double left = static_cast<double>(progress.total - std::min(progress.done, progress.total));
  const auto rest = static_cast<long>(std::ceil(left / rate));
  std::snprintf(text, sizeof text, "  %zu/%zu  %3zu %%  %.1f/s  %ld:%02ld left", progress.done,
                progress.total, 100 * progress.done / progress.total, rate, rest / 60, rest % 60);
  return progress.stage + text;
}

ProgressLine::ProgressLine(bool quiet) : is_terminal_(!quiet && is_terminal()) {}

void ProgressLine::show(const Progress& progress) {
  if (!is_terminal_) return;
  const Clock::time_point now = Clock::now();
  const bool is_new = progress.stage != stage_;
  if (is_new) {
    stage_ = progress.stage;
    stage_begin_ = now;
  } else if (now - last_ < pause) {
    return;
  }
  last_ = now;
  const std::string text =
      progress_text(progress, std::chrono::duration<double>(now - stage_begin_).count())
          .substr(0, terminal_width() - 1);
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
  is_shown_ = true;
}

void ProgressLine::clear() {
  if (!is_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  is_shown_ = false;
}

void watch(QuantizeOptions& options, ProgressLine& progress, const Interrupt& interrupt,
           bool quiet) {
  options.on_progress = [&progress](const Progress& now) { progress.show(now); };
  options.on_diagnostic = [&progress, quiet](const Diagnostic& diagnostic) {
    progress.clear();
    print({diagnostic}, quiet);
  };
  options.is_cancelled = [&interrupt] { return interrupt.is_requested(); };
}

}  // namespace octet::cli
