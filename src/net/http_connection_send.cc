#include <boost/asio/post.hpp>

#include "base/log.h"
#include "net/http_connection.h"

// How a connection sends answers: whole ones, streams piece by piece, events as they come.
namespace cadastre {
namespace {

constexpr size_t kTogether = 16 << 10;  // a body that is this small is sent with its head

}  // namespace

awaitable<bool> Connection::send_answer(std::shared_ptr<Serving> serving, bool keep_alive) {
  auto& answer = serving->answer;
  if (!keep_alive || answer.until_close || answer.events || shared_.draining) serving->wants_keep_alive = false;
  std::string head = std::move(answer.head);
  if (!serving->wants_keep_alive) {
    head += "Connection: close\r\n";
  } else if (serving->http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  serving->sent += head.size() + answer.body.size();
  bool sent = false;
  if (answer.body.size() < kTogether) {
    head += answer.body;
    sent = co_await write(head);
  } else {
    sent = co_await write(head);
    if (sent) sent = co_await write(answer.body);
  }
  if (sent && answer.stream) sent = co_await send_stream(serving);
  if (sent && answer.events) sent = co_await send_events(serving);
  if (!sent) serving->gone = true;
  co_return sent;
}

awaitable<bool> Connection::send_stream(std::shared_ptr<Serving> serving) {
  for (serving->more = true; serving->more;) {
    allow(Phase::handling, limits_.handler_time);
    auto job = [serving] {
      try {
        auto more = pull_stream(serving->answer, serving->piece);
        serving->more = more && *more;
        serving->broken = !more;
        if (!more) log_warning("{}: the answer was cut off: {}", serving->request.id, more.error().message);
      } catch (const std::exception& error) {
        serving->more = false;
        serving->broken = true;
        log_warning("{}: a stream threw: {}", serving->request.id, error.what());
      }
    };
    resume_on_pool(serving, job, false);
    while (!ready_) co_await wait_for_change();
    if (serving->broken) {
      cut();
      co_return false;
    }
    serving->sent += serving->piece.size();
    bool sent = co_await write(serving->piece);
    if (!sent) co_return false;
  }
  co_return true;
}

awaitable<bool> Connection::send_events(std::shared_ptr<Serving> serving) {
  auto& answer = serving->answer;
  auto wake = [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->socket_.get_executor();
    asio::post(executor, [self = std::move(self)] { self->changed_.cancel(); });
  };
  auto events = std::make_shared<EventBuffer>(limits_.event_bytes, wake);
  events_ = events;
  if (shared_.draining) events->close();
  answer.events(events);
  answer.events = {};
  bool sent = true;
  for (auto state = EventBuffer::State::open; sent && state == EventBuffer::State::open;) {
    allow(Phase::events, limits_.event_silence);
    std::string text;
    state = events->take(text);
    while (text.empty() && state == EventBuffer::State::open && !timed_out_ && !ended_ && !closed_) {
      co_await wait_for_change();
      state = events->take(text);
    }
    if (state == EventBuffer::State::too_slow) cut();
    if (ended_ || closed_) sent = false;
    if (text.empty() && timed_out_) text = ": \n\n";
    if (!sent || text.empty()) continue;
    auto chunk = framed(answer, text);
    serving->sent += chunk.size();
    sent = co_await write(chunk);
  }
  events->client_gone();
  events_ = nullptr;
  if (sent && answer.chunked) sent = co_await write(last_chunk(answer));
  co_return sent;
}

}  // namespace cadastre
