// Answers that come piece by piece, and events.
#include <doctest/doctest.h>

#include <latch>

#include "net/http_server.h"
#include "support/server.h"

using namespace cadastre;
using testing::count_of;
using testing::process_status;
using testing::RawSocket;
using testing::TestServer;

namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

// `total` bytes in pieces of 10,000, counted as they are asked for.
Handler counting(size_t total, std::atomic<size_t>& made) {
  return [total, &made](const ServerRequest&) {
    ServerResponse response;
    response.set("Content-Type", "application/x-ndjson");
    auto left = std::make_shared<size_t>(total);
    response.stream = [left, &made](std::string& piece) -> Result<bool> {
      piece.assign(std::min<size_t>(*left, 10'000), 'x');
      *left -= piece.size();
      made += piece.size();
      return *left > 0;
    };
    return response;
  };
}

// Keeps the streams that clients have opened.
struct Listeners {
  std::mutex mutex;
  std::vector<std::shared_ptr<EventStream>> open;
  std::atomic<int> count = 0;

  Handler handler() {
    return [this](const ServerRequest&) {
      ServerResponse response;
      response.set("Content-Type", "text/event-stream");
      response.events = [this](std::shared_ptr<EventStream> stream) {
        std::lock_guard lock(mutex);
        open.push_back(std::move(stream));
        ++count;
        count.notify_all();
      };
      return response;
    };
  }
  void wait_for(int wanted) {
    for (int now = count; now < wanted; now = count) count.wait(now);
  }
};

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("a gigabyte is streamed in little memory, no faster than it is read") {
  constexpr size_t total = 1'000'000'000;
  std::atomic<size_t> made = 0;
  TestServer served(counting(total, made));
  served.http.send({.method = "HEAD", .url = served.url()}, {});
  RawSocket socket(served.port(), 64 << 10);
  [[maybe_unused]] auto before = process_status("VmRSS");
  socket.send(kGet);
  auto head = socket.receive_until("\r\n\r\n");
  CHECK(head.find("Transfer-Encoding: chunked\r\n") != head.npos);
  size_t got = head.size(), most_ahead = 0;
  long most = 0;
  std::string tail;
  for (auto part = socket.receive(); !part.empty(); part = socket.receive()) {
    got += part.size();
    size_t by_now = made;
    most_ahead = std::max(most_ahead, by_now - std::min(by_now, got));
    most = std::max(most, process_status("VmRSS"));
    tail = part.size() >= 5 ? part.substr(part.size() - 5) : tail + part;
    if (tail.ends_with("0\r\n\r\n")) break;
  }
  CHECK(most_ahead < (16 << 20));  // the kernel's buffers, and one batch of pieces
  CHECK(tail.ends_with("0\r\n\r\n"));
  CHECK(made == total);
#ifndef __SANITIZE_ADDRESS__        // which keeps what was freed
  CHECK(most - before < 32 << 10);  // KiB
#endif
}

TEST_CASE("a stream arrives whole, over HTTP/1.1 and 1.0, and the connection goes on") {
  std::atomic<size_t> made = 0;
  TestServer served(counting(123'456, made));
  for (int i = 0; i < 3; ++i) {
    auto answer = served.http.send({.url = served.url()}, {});
    REQUIRE(answer);
    CHECK(answer->body == std::string(123'456, 'x'));
  }
  CHECK(served.server->counts().accepted == 1);
  auto old = served.exchange("GET / HTTP/1.0\r\n\r\n");
  CHECK(old.find("chunked") == old.npos);
  CHECK(old.ends_with("\r\n\r\n" + std::string(123'456, 'x')));
}

TEST_CASE("a stream that fails is never taken for a whole one") {
  TestServer served([](const ServerRequest& request) {
    ServerResponse response;
    auto count = std::make_shared<int>(0);
    bool throws = request.path == "/throws";
    response.stream = [count, throws](std::string& piece) -> Result<bool> {
      piece = std::string(100'000, 'x');
      if (++*count < 5) return true;
      if (throws) throw std::runtime_error("broken");
      return fail(ErrorCode::io, "the disk is gone");
    };
    return response;
  });
  for (auto target : {"/fails", "/throws"}) {
    auto answer = served.http.send({.url = served.url(target)}, {});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::network);
  }
  // An HTTP/1.0 client knows the end by the end of the connection: it must see that this is none.
  RawSocket old(served.port());
  old.send("GET /fails HTTP/1.0\r\n\r\n");
  old.receive_all();
  CHECK(old.was_reset);
}

TEST_CASE("a client that leaves ends its stream") {
  std::atomic<bool> stopped = false;
  std::stop_token seen;
  TestServer served([&](const ServerRequest& request) {
    ServerResponse response;
    response.stream = [&, stop = request.stop](std::string& piece) -> Result<bool> {
      if (stop.stop_requested()) {
        stopped = true;
        stopped.notify_all();
        return fail(ErrorCode::cancelled, "the client has gone");
      }
      piece = "x";
      return true;
    };
    return response;
  });
  RawSocket socket(served.port());
  socket.send(kGet);
  socket.receive_until("x");
  socket.close();
  // It ends by either: the stop, or the write that fails.
  while (served.server->counts().connections > 0) std::this_thread::yield();
}

TEST_CASE("events reach every client, cost no thread, and end when either side wants") {
  Listeners listeners;
  ServerOptions options;
  options.limits.event_silence = Millis(50);
  TestServer served(listeners.handler(), options);
  auto threads = process_status("Threads");
  std::vector<RawSocket> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(kGet);
  }
  listeners.wait_for(50);
  CHECK(process_status("Threads") == threads);
  for (auto& stream : listeners.open) CHECK(stream->send("changed", "{\"id\":1}"));
  for (auto& client : clients) {
    auto heard = client.receive_until("\n\n\r\n");
    CHECK(heard.find("Content-Type: text/event-stream\r\n") != heard.npos);
    CHECK(heard.find("event: changed\ndata: {\"id\":1}\n\n") != heard.npos);
  }
  CHECK(clients[0].receive_until(": \n\n").find(": \n\n") != std::string::npos);  // to stay open
  // Handlers run side by side, so the streams stand in another order than their clients.
  auto& open = listeners.open;
  auto closed = [](const auto& stream) { return !stream->open(); };
  clients[1].close();
  while (std::ranges::none_of(open, closed)) std::this_thread::yield();
  CHECK(std::ranges::count_if(open, closed) == 1);
  CHECK_FALSE((*std::ranges::find_if(open, closed))->send("changed", "{}"));
  for (auto& stream : open) stream->send("last", "words");
  for (auto& stream : open) stream->close();
  auto rest = clients[2].receive_all();
  CHECK(rest.find("event: last\ndata: words\n\n") != rest.npos);
  CHECK(rest.ends_with("0\r\n\r\n"));
}

TEST_CASE("a server that stops ends its streams") {
  Listeners listeners;
  TestServer served(listeners.handler());
  RawSocket client(served.port());
  client.send(kGet);
  listeners.wait_for(1);
  served.server->stop(Millis(10'000));
  CHECK(client.receive_all().ends_with("0\r\n\r\n"));
  CHECK_FALSE(listeners.open[0]->open());
}

TEST_CASE("a client of events that does not keep up is let go") {
  Listeners listeners;
  TestServer served(listeners.handler());
  RawSocket slow(served.port(), 4096);
  slow.send(kGet);
  listeners.wait_for(1);
  std::string event(10'000, 'x');
  size_t sent = 0;
  while (listeners.open[0]->send("e", event)) sent += event.size();
  CHECK(sent < (64 << 20));
  while (served.server->counts().connections > 0) std::this_thread::yield();
}

TEST_CASE("events may be sent by many threads at once, while clients come and go") {
  Listeners listeners;
  TestServer served(listeners.handler());
  std::vector<std::jthread> senders;
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&](std::stop_token stop) {
      while (!stop.stop_requested()) {
        std::vector<std::shared_ptr<EventStream>> open;
        {
          std::lock_guard lock(listeners.mutex);
          open = listeners.open;
        }
        for (auto& stream : open) stream->send("e", "data");
        std::this_thread::yield();
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    RawSocket socket(served.port());
    socket.send(kGet);
    CHECK(count_of(socket.receive_until("event: e\ndata: data\n\n"), "data: data") >= 1);
  }
}

TEST_SUITE_END();
