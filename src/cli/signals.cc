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

}  // namespace

StopOnSignal::StopOnSignal() {
  if (pipe2(signal_pipe, O_CLOEXEC) != 0) return;
  signals_seen = 0;
  waiter_ = std::thread([this] {
    char byte = 0;
    if (read(signal_pipe[0], &byte, 1) == 1 && byte == 's') source_.request_stop();
  });
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

StopOnSignal::~StopOnSignal() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
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
