// The events that wait for one client: filled by any thread, emptied by the connection. WHATWG HTML, 9.2.6.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "net/http_server.h"

namespace cadastre {

// Thread-safe.
class EventBuffer final : public EventStream {
 public:
  // `wake` is called, without a lock held, when there is something to take or the stream has been closed.
  EventBuffer(size_t limit, std::function<void()> wake) : limit_(limit), wake_(std::move(wake)) {}

  bool send(std::string_view event, std::string_view data) override;
  void close() override;
  bool open() const override;

  // What the connection does.
  enum class State { open, closed, too_slow };
  State take(std::string& text);  // everything that waits, and how the stream is
  void client_gone();             // nothing is sent and nobody woken any more

 private:
  const size_t limit_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string waiting_;
  State state_ = State::open;
};

// "event: changed\ndata: …\n\n". Line ends in `event` are dropped; in `data` they become further data lines.
std::string event_text(std::string_view event, std::string_view data);

}  // namespace cadastre
