// One request on its way: what the calling thread and an I/O thread hand to each other. Inside net/ only.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "net/http_client.h"

namespace cadastre {

// The caller makes it, hands it to a CurlLoop and waits; the loop fills `response` or `error` and calls finish().
// Shared, because a caller whose patience ends leaves while the loop still holds it; the request is the caller's, so
// the loop must be done with it before wait() returns, which cancel() followed by wait() guarantees.
struct Exchange {
  const HttpRequest* request = nullptr;
  HttpResponse response;
  std::optional<Error> error;
  void* easy = nullptr;    // the loop's: the handle it runs on; null while it is queued and after it ended
  bool too_large = false;  // the loop's: max_body was passed

  void finish() {
    {
      std::lock_guard lock(mutex);
      done = true;
    }
    ended.notify_one();  // after unlocking, so that the caller does not wake only to wait for the lock
  }

  // False when it has not ended after `patience`.
  bool wait(Millis patience) {
    std::unique_lock lock(mutex);
    return ended.wait_for(lock, patience, [&] { return done; });
  }
  void wait() {
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return done; });
  }

 private:
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
};
using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace cadastre
