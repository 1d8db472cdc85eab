#include "cli/interrupt.hpp"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace octet::cli {
namespace {

constexpr std::chrono::seconds patience{2};

/// SIGUSR1, sent by the destructor, only wakes the watcher.
sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&set, number);
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::thread([this] { watch(); });
}

Interrupt::~Interrupt() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  pthread_kill(watcher_.native_handle(), SIGUSR1);
  watcher_.join();
}

bool Interrupt::is_requested() const {
  const std::lock_guard lock(mutex_);
  return signal_ != 0;
}

void Interrupt::end_process() const {
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = signal_ != 0 ? signal_ : SIGINT;
  }
  std::fputs("octet: cancelled\n", stderr);
  std::fflush(nullptr);
  ::signal(number, SIG_DFL);
  ::raise(number);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);  // the pending signal ends the process here
  std::_Exit(128 + number);
}

void Interrupt::watch() {
  const sigset_t set = watched_signals();
  const auto wait_for_signal = [&](const timespec* timeout) {
    while (true) {
      const int number = sigtimedwait(&set, nullptr, timeout);
      if (number > 0 || timeout) return number;
    }
  };
  {
    const int number = wait_for_signal(nullptr);
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    signal_ = number;
  }
  const timespec timeout{patience.count(), 0};
  wait_for_signal(&timeout);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_over_ || !is_saving_; });
  if (is_over_) return;
  lock.unlock();
  end_process();
}

Interrupt::Saving::Saving(Interrupt& interrupt) : interrupt_(interrupt) {
  const std::lock_guard lock(interrupt_.mutex_);
  interrupt_.is_saving_ = true;
}

Interrupt::Saving::~Saving() {
  {
    const std::lock_guard lock(interrupt_.mutex_);
    interrupt_.is_saving_ = false;
  }
  interrupt_.changed_.notify_all();
}

}  // namespace octet::cli
