#include "net/http_connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_text.h"

// What a connection does with requests: reads one, lets a handler thread answer it, sends the answer.
namespace cadastre {

Shared::Shared(ServerOptions given, Handler given_handler)
    : options(std::move(given)),
      handler(std::move(given_handler)),
      rate(options.limits.requests_per_second, options.limits.burst),
      room(options.limits.connections, options.limits.connections_per_client),
      id_prefix(to_hex(random_bytes(6))),
      pool(options.handler_threads, options.limits.waiting) {}

awaitable<void> Connection::run() {
  auto self = shared_from_this();
  allow(Phase::reading, limits_.header_time);
  bool ready = true;
  if (tls_) ready = co_await handshake();
  if (ready) {
    asio::co_spawn(
        socket_.get_executor(), [self] { return self->pump(); }, asio::detached);
    if (!counted_) {
      co_await refuse(nullptr, 503, "This server has as many connections as it may have.", 5);
    } else {
      for (bool more = true; more;) more = co_await serve_one();
    }
    co_await linger();
  }
  close();
}

void Connection::identify(Serving& serving) {
  auto& request = serving.request;
  request.id = fmt::format("{}-{:x}", shared_.id_prefix, ++shared_.requests);
  request.stop = serving.stop.get_token();
  request.peer = address_;
  request.secure = tls_.has_value();
  if (shared_.trusted.empty() || !shared_.is_trusted(address_)) return;
  std::string forwarded, protocol;
  for (const auto& header : request.headers) {
    if (iequals(header.name, "X-Forwarded-For")) forwarded += (forwarded.empty() ? "" : ",") + header.value;
    if (iequals(header.name, "X-Forwarded-Proto")) protocol = header.value;
  }
  if (!forwarded.empty()) request.peer = forwarded_client(address_, forwarded, shared_.trusted);
  auto nearest = split(protocol, ',').back();
  if (!protocol.empty()) request.secure = iequals(trim(nearest), "https");
}

// Serves the next request. False: the connection ends.
awaitable<bool> Connection::serve_one() {
  if (input_.empty()) {
    if (shared_.draining) co_return false;
    // The first request has header_time from the connection on; the next ones may be waited for.
    phase_ = Phase::idle;
    if (!first_) allow(Phase::idle, limits_.idle_time);
    if (!co_await wait_for_input()) co_return false;
  }
  phase_ = Phase::reading;
  if (!first_) allow(Phase::reading, limits_.header_time);
  first_ = false;
  HttpReader reader(limits_.header_bytes, limits_.body_bytes);
  std::shared_ptr<Serving> serving;
  if (!co_await read_request(reader, serving)) co_return false;
  bool keep_alive = serving->wants_keep_alive;
  current_ = serving;
  bool handled = co_await handle(serving);
  if (handled) handled = co_await send_answer(serving, keep_alive);
  if (serving->gone) serving->answer.status = 499;
  note_served(*serving);
  current_ = nullptr;
  co_return handled && serving->wants_keep_alive;
}

// Reads one request; false when there is none to handle, and the client has been told so.
awaitable<bool> Connection::read_request(HttpReader& reader, std::shared_ptr<Serving>& serving) {
  using State = HttpReader::State;
  for (auto before = State::head;;) {
    input_.erase(0, reader.feed(input_));
    room_.cancel();
    auto state = reader.state();
    if (!serving && state != State::head) {
      serving = std::make_shared<Serving>();
      serving->request = std::move(reader.request());
      serving->http_1_0 = reader.http_1_0();
      serving->wants_keep_alive = reader.keep_alive();
      identify(*serving);
    }
    if (state == State::refused) {
      co_await refuse(serving, reader.refusal().status, reader.refusal().detail);
      co_return false;
    }
    if (before == State::head && state != State::head) {
      before = state;
      if (int wait = shared_.rate.take(client_key(serving->request.peer), Steady::now()); wait > 0) {
        co_await refuse(serving, 429, "This client asks more often than it may.", wait);
        co_return false;
      }
      if (state == State::body) {
        if (reader.expects_continue() && input_.empty() && !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) {
          co_return false;
        }
        allow(Phase::reading, limits_.body_time);
      }
    }
    if (state == State::done) {
      if (before == State::body) serving->request.body = std::move(reader.request().body);
      co_return true;
    }
    if (co_await wait_for_input()) continue;
    if (timed_out_ && !closed_) {
      co_await refuse(serving, 408,
                      state == State::head ? "The request's head did not come in time."
                                           : "The request's body did not come in time.");
    }
    co_return false;
  }
}

awaitable<void> Connection::refuse(std::shared_ptr<Serving> serving, int status, std::string detail, int retry_after) {
  ++shared_.refused;
  if (!serving) {
    serving = std::make_shared<Serving>();
    identify(*serving);
  }
  auto response = problem_response(status, detail, serving->request.id);
  if (retry_after > 0) response.set("Retry-After", std::to_string(retry_after));
  serving->answer = make_answer(serving->request, serving->http_1_0, std::move(response), system_clock().now());
  serving->wants_keep_alive = false;
  co_await send_answer(serving, false);
  note_served(*serving);
}

// On a handler thread runs `job`, then wakes the connection. False: too many wait.
bool Connection::resume_on_pool(std::shared_ptr<Serving> serving, std::function<void()> job, bool bounded) {
  ready_ = false;
  auto run = [self = shared_from_this(), serving = std::move(serving), job = std::move(job)]() mutable {
    job();
    job = {};
    serving = {};
    auto executor = self->socket_.get_executor();
    asio::post(executor, [self = std::move(self)] {
      self->ready_ = true;
      self->changed_.cancel();
    });
  };
  if (bounded) return shared_.pool.submit(std::move(run));
  shared_.pool.resume(std::move(run));
  return true;
}

// True: there is an answer to send.
awaitable<bool> Connection::handle(std::shared_ptr<Serving> serving) {
  allow(Phase::handling, limits_.handler_time);
  auto job = [&shared = shared_, serving] {
    serving->handled = Steady::now();
    if (serving->left) {
      serving->gone = true;
      return;
    }
    ServerResponse response;
    try {
      response = shared.handler(serving->request);
    } catch (const std::exception& error) {
      log_warning("{}: a handler threw: {}", serving->request.id, error.what());
      response = problem_response(500, "This is a defect of the server; its log says more.", serving->request.id);
    }
    serving->answer = make_answer(serving->request, serving->http_1_0, std::move(response), system_clock().now());
  };
  if (!resume_on_pool(serving, job, true)) {
    ++shared_.refused;
    auto response =
        problem_response(503, "This server has more requests waiting than it may have.", serving->request.id);
    response.set("Retry-After", "1");
    serving->answer = make_answer(serving->request, serving->http_1_0, std::move(response), system_clock().now());
    co_return true;
  }
  while (!ready_) co_await wait_for_change();
  co_return !closed_ && !serving->gone;
}

void Connection::note_served(const Serving& serving) {
  if (!shared_.options.on_served) return;
  auto between = [](auto from, auto to) { return std::chrono::duration_cast<Millis>(to - from); };
  const auto& request = serving.request;
  ServerOptions::Served served{request.id,           request.method,        request.target, request.peer,
                               serving.answer.route, serving.answer.status, serving.sent};
  served.wait = between(serving.began, serving.handled);
  served.took = between(serving.began, Steady::now());
  shared_.options.on_served(served);
}

}  // namespace cadastre
