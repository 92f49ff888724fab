#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "net/http_connection.h"

// What a connection does with bytes and time: it reads ahead, writes within a time, and ends.
namespace cadastre {
namespace {

constexpr size_t kSlice = 64 << 10;  // write_time is for so many bytes
constexpr Millis kLinger{2'000};     // how long a client may take to read the last answer

}  // namespace

Connection::Connection(Shared& shared, tcp::socket socket, TlsContextPtr tls, std::string address, std::string key,
                       bool counted)
    : shared_(shared),
      limits_(shared.options.limits),
      context_(std::move(tls)),
      socket_(std::move(socket)),
      changed_(socket_.get_executor()),
      room_(socket_.get_executor()),
      watchdog_(socket_.get_executor()),
      address_(std::move(address)),
      key_(std::move(key)),
      counted_(counted) {
  if (context_) tls_.emplace(socket_, *context_);
}

Connection::~Connection() {
  if (counted_) shared_.room.leave(key_);
  std::lock_guard lock(shared_.mutex);
  shared_.connections.erase(this);
  shared_.left.notify_all();
}

void Connection::start() {
  asio::co_spawn(
      socket_.get_executor(), [self = shared_from_this()] { return self->run(); }, asio::detached);
}

void Connection::drain() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::idle && self->input_.empty()) self->close();
    if (self->events_) self->events_->close();
  });
}
void Connection::abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
}

// ---- time, and waking up

void Connection::allow(Phase phase, Millis time) {
  phase_ = phase;
  timed_out_ = false;
  deadline_ = Steady::now() + time;
  if (deadline_ < armed_) watch();
}

// One timer for the connection's whole life: it is set anew when it fires, or when the deadline has become an earlier
// one, not at every step.
void Connection::watch() {
  armed_ = deadline_;
  watchdog_.expires_at(deadline_);
  watchdog_.async_wait([self = shared_from_this()](error_code problem) {
    if (problem || self->closed_) return;
    self->armed_ = Steady::time_point::max();
    if (Steady::now() < self->deadline_) {
      self->watch();
    } else {
      self->time_is_up();
    }
  });
}

void Connection::time_is_up() {
  timed_out_ = true;
  switch (phase_) {
    case Phase::handling:
      if (current_) current_->stop.request_stop();
      deadline_ = Steady::time_point::max();
      break;
    case Phase::writing:
      cut();
      break;
    case Phase::idle:
    case Phase::lingering:
      close();
      break;
    case Phase::reading:
    case Phase::events:
      changed_.cancel();
      break;
  }
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  if (current_) {
    current_->left = true;
    current_->stop.request_stop();
  }
  error_code ignored;
  socket_.close(ignored);
  watchdog_.cancel();
  room_.cancel();
  changed_.cancel();
}

// Ends it so that the client cannot take what it has for the whole: a reset instead of an orderly end.
void Connection::cut() {
  error_code ignored;
  if (!closed_) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

awaitable<void> Connection::wait_for_change() {
  changed_.expires_at(Steady::time_point::max());
  co_await changed_.async_wait(kWait);
}

// False: no more will come, or the time is up.
awaitable<bool> Connection::wait_for_input() {
  size_t had = input_.size();
  room_.cancel();
  while (input_.size() == had && !ended_ && !closed_ && !timed_out_) co_await wait_for_change();
  co_return input_.size() > had && !closed_;
}

// ---- bytes in and out

awaitable<void> Connection::pump() {
  const size_t read_ahead = limits_.header_bytes + chunk_.size();
  for (;;) {
    while (input_.size() >= read_ahead && !closed_) {
      room_.expires_at(Steady::time_point::max());
      co_await room_.async_wait(kWait);
    }
    if (closed_) break;
    error_code problem;
    size_t count = 0;
    if (tls_) {
      std::tie(problem, count) = co_await tls_->async_read_some(asio::buffer(chunk_), kWait);
    } else {
      std::tie(problem, count) = co_await socket_.async_read_some(asio::buffer(chunk_), kWait);
    }
    if (problem && problem != asio::error::eof && current_) current_->left = true;
    if (problem) break;
    if (phase_ == Phase::lingering || phase_ == Phase::events) continue;
    input_.append(chunk_.data(), count);
    changed_.cancel();
  }
  ended_ = true;
  if (current_) current_->stop.request_stop();
  changed_.cancel();
}

awaitable<bool> Connection::handshake() {
  // While it lasts the watchdog has nobody to wake, so it closes.
  phase_ = Phase::idle;
  auto [problem] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kWait);
  co_return !problem && !closed_;
}

awaitable<bool> Connection::write(std::string_view bytes) {
  while (!bytes.empty() && !closed_) {
    auto slice = bytes.substr(0, kSlice);
    allow(Phase::writing, limits_.write_time);
    error_code problem;
    size_t count = 0;
    if (tls_) {
      std::tie(problem, count) = co_await asio::async_write(*tls_, asio::buffer(slice.data(), slice.size()), kWait);
    } else {
      std::tie(problem, count) = co_await asio::async_write(socket_, asio::buffer(slice.data(), slice.size()), kWait);
    }
    if (problem) co_return false;
    bytes.remove_prefix(slice.size());
  }
  co_return !closed_;
}

// The client has been told that this is the end. Closing at once would make the system throw away what it has not read
// yet, if bytes of it are still coming in.
awaitable<void> Connection::linger() {
  if (closed_) co_return;
  allow(Phase::lingering, kLinger);
  if (tls_) co_await tls_->async_shutdown(kWait);
  error_code ignored;
  if (!closed_) socket_.shutdown(tcp::socket::shutdown_send, ignored);
  input_.clear();
  room_.cancel();
  while (!ended_ && !closed_) co_await wait_for_change();
}

}  // namespace cadastre
