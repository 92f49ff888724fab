// Ctrl-C and SIGTERM as a stop token. A second signal ends the process at once.
#pragma once

#include <stop_token>
#include <thread>

namespace cadastre::cli {

// One at a time in a process.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace cadastre::cli
