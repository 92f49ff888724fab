// The same work on many things, on a few threads. What waits on AWS costs a stack, so threads are cheap beside the
// calls.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace cadastre::collect {

// Runs work(i) for every i below `count`, on up to `width` threads (the caller's is one), and waits for all.
inline void in_parallel(size_t count, size_t width, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next{0};
  auto take = [&] {
    for (size_t i; (i = next.fetch_add(1)) < count;) work(i);
  };
  std::vector<std::jthread> threads;
  for (size_t t = 1; t < std::min(count, width); ++t) threads.emplace_back(take);
  take();
}

}  // namespace cadastre::collect
