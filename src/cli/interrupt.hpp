#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace octet::cli {

/// Turns Ctrl-C (SIGINT) and SIGTERM into a wish to stop, which the work polls. Work that does not
/// notice within two seconds, such as compiling a model, is cut off; so it is by a second signal.
/// While files are written (`Saving`) nothing is cut off, so that none is left half done.
class Interrupt {
 public:
  /// Call before any other thread starts: threads inherit that the signals are blocked.
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  bool is_requested() const;
  /// Ends the process the way the signal would have, so that a shell's loop ends too.
  [[noreturn]] void end_process() const;

  class Saving {
   public:
    explicit Saving(Interrupt& interrupt);
    Saving(const Saving&) = delete;
    Saving& operator=(const Saving&) = delete;
    ~Saving();

   private:
    Interrupt& interrupt_;
  };

 private:
  void watch();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int signal_ = 0;
  bool is_saving_ = false, is_over_ = false;
  std::thread watcher_;
};

}  // namespace octet::cli
