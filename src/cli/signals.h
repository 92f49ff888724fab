// Ctrl-C and SIGTERM as a stop token: a second signal ends the process at once. SIGHUP as a call.
#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace cadastre::cli {

// One at a time in a process.
class StopOnSignal {
 public:
  // `on_hangup` is called from a thread of its own, once for each SIGHUP; without it that signal ends the process.
  explicit StopOnSignal(std::function<void()> on_hangup = {});
  ~StopOnSignal();
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::function<void()> on_hangup_;
  std::thread waiter_;
};

}  // namespace cadastre::cli
