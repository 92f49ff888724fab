#include "net/handler_pool.h"

namespace cadastre {

HandlerPool::HandlerPool(int threads, size_t waiting) : limit_(waiting) {
  for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this] { run(); });
}

HandlerPool::~HandlerPool() { end(); }

void HandlerPool::end() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  some_.notify_all();
  threads_.clear();
}

bool HandlerPool::submit(Job job) {
  {
    std::lock_guard lock(mutex_);
    // Jobs that an idle thread is about to take do not wait.
    if (jobs_.size() >= limit_ + idle_) return false;
    jobs_.push_back(std::move(job));
  }
  some_.notify_one();
  return true;
}

void HandlerPool::resume(Job job) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  some_.notify_one();
}

size_t HandlerPool::waiting() const {
  std::lock_guard lock(mutex_);
  return jobs_.size() > idle_ ? jobs_.size() - idle_ : 0;
}

void HandlerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    some_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = {};  // what it holds goes before the lock is taken
    lock.lock();
  }
}

}  // namespace cadastre
