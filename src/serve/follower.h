// Keeps the index up with the store: builds it, follows what this process and others write, and saves it for the next
// start. One thread of its own. All functions are thread-safe but start and stop.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/events.h"
#include "index/index.h"
#include "store/store.h"

namespace cadastre::serve {

class Follower {
 public:
  // `snapshot`: the file; "" : none. `on_ready` is called once, from the follower's thread.
  Follower(store::Store& store, index::Index& index, std::string snapshot, api::EventHub& events, Clock& clock,
           std::function<void()> on_ready);
  ~Follower();  // as stop()

  void start();
  void stop();      // and saves
  void notify();    // something was written: look now, not in a second
  void catch_up();  // returns when the index, once ready, has what the store had at the call
  bool ready() const { return ready_; }

 private:
  void work(std::stop_token stop);
  bool build(std::stop_token stop);
  void save();
  void tell_changes();

  store::Store& store_;
  index::Index& index_;
  std::string snapshot_;
  api::EventHub& events_;
  Clock& clock_;
  std::function<void()> on_ready_;
  std::atomic<bool> ready_{false};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool notified_ = false;
  std::atomic<uint64_t> unsaved_{0};  // changes since the last snapshot
  std::mutex following_;              // guards what follows
  int64_t told_ = 0;                  // the last sequence that subscribers heard of
  std::jthread thread_;
};

}  // namespace cadastre::serve
