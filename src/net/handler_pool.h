// The threads that handlers run on, and the bounded queue before them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cadastre {

// Thread-safe, but for end(). Jobs do not throw.
class HandlerPool {
 public:
  using Job = std::move_only_function<void()>;
  HandlerPool(int threads, size_t waiting);
  ~HandlerPool();  // as end()

  bool submit(Job job);  // false: as many wait as may
  void resume(Job job);  // what has begun already is never turned away: the next piece of a stream
  size_t waiting() const;
  void end();  // runs what still waits, and joins

 private:
  void run();

  const size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable some_;
  std::deque<Job> jobs_;
  size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace cadastre
