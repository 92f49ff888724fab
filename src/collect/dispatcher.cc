#include "collect/dispatcher.h"

#include <algorithm>
#include <random>

namespace cadastre::collect {

Dispatcher::Dispatcher(size_t accounts, std::vector<size_t> to_open, size_t workers)
    : unopened_(std::move(to_open)), queues_(accounts), busy_(accounts), workers_(workers) {
  std::ranges::reverse(unopened_);  // taken from the end
}

std::optional<Dispatcher::Task> Dispatcher::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  std::optional<Task> taken;
  changed_.wait(lock, stop, [&] {
    if (stop.stop_requested()) return true;  // what has not begun stays as it was
    taken = next();
    return taken || nothing_left();
  });
  return taken;
}

std::optional<Dispatcher::Task> Dispatcher::next() {
  // Opening comes first, so that every account has its turn early, but leaves workers for the cells of those that are
  // open.
  if (!unopened_.empty() && opening_ < std::max<size_t>(1, workers_ / 2)) {
    Task task{unopened_.back(), std::nullopt};
    unopened_.pop_back();
    ++opening_;
    ++busy_[task.account];
    return task;
  }
  size_t active = unopened_.size(), best = queues_.size();
  for (size_t i = 0; i < queues_.size(); ++i) active += !queues_[i].empty() || busy_[i] > 0;
  size_t share = active <= 1 ? workers_ : std::max<size_t>(4, 2 * workers_ / active);
  for (size_t i = 0; i < queues_.size(); ++i) {
    if (queues_[i].empty() || busy_[i] >= share) continue;
    if (best == queues_.size() || busy_[i] < busy_[best]) best = i;
  }
  if (best == queues_.size()) return std::nullopt;
  Task task{best, queues_[best].back()};
  queues_[best].pop_back();
  ++busy_[best];
  return task;
}

bool Dispatcher::nothing_left() const {
  return unopened_.empty() && opening_ == 0 &&
         std::ranges::all_of(queues_, [](const auto& queue) { return queue.empty(); });
}

void Dispatcher::opened(size_t account, size_t cells) {
  {
    std::lock_guard lock(mutex_);
    auto& queue = queues_[account];
    for (size_t i = 0; i < cells; ++i) queue.push_back(i);
    // Not all accounts at the same service at the same time, nor all services of one region at once.
    std::ranges::shuffle(queue, std::mt19937_64(account * 0x9E3779B97F4A7C15u + cells));
    --opening_;
    --busy_[account];
  }
  changed_.notify_all();
}

void Dispatcher::done(size_t account) {
  {
    std::lock_guard lock(mutex_);
    --busy_[account];
  }
  changed_.notify_all();
}

}  // namespace cadastre::collect
