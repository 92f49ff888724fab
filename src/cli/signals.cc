#include "cli/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace cadastre::cli {
namespace {

// A signal handler may do little more than write to a pipe; a thread reads it.
int signal_pipe[2] = {-1, -1};
volatile std::sig_atomic_t signals_seen = 0;

void on_signal(int number) {
  if (signals_seen) _exit(128 + number);
  signals_seen = 1;
  char byte = 's';
  if (write(signal_pipe[1], &byte, 1) < 0) _exit(128 + number);
}

void on_hangup_signal(int) {
  char byte = 'h';
  if (write(signal_pipe[1], &byte, 1) < 0) return;
}

}  // namespace

StopOnSignal::StopOnSignal(std::function<void()> on_hangup) : on_hangup_(std::move(on_hangup)) {
  if (pipe2(signal_pipe, O_CLOEXEC) != 0) return;
  signals_seen = 0;
  waiter_ = std::thread([this] {
    char byte = 0;
    while (read(signal_pipe[0], &byte, 1) == 1 && byte != 'e') {
      if (byte == 's') source_.request_stop();
      if (byte == 'h') on_hangup_();
    }
  });
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (!on_hangup_) return;
  action.sa_handler = on_hangup_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

StopOnSignal::~StopOnSignal() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (on_hangup_) std::signal(SIGHUP, SIG_DFL);
  if (!waiter_.joinable()) return;
  char byte = 'e';
  if (write(signal_pipe[1], &byte, 1) < 0)
    waiter_.detach();
  else
    waiter_.join();
  close(signal_pipe[0]);
  close(signal_pipe[1]);
}

}  // namespace cadastre::cli
