// Each of the server's limits, with what a client hears of it.
#include <doctest/doctest.h>

#include <future>
#include <latch>

#include "net/http_server.h"
#include "support/server.h"

using namespace cadastre;
using std::chrono::steady_clock;
using testing::count_of;
using testing::process_status;
using testing::RawSocket;
using testing::TestServer;

namespace {

ServerResponse hello(const ServerRequest&) { return {.body = "hello"}; }

Millis since(steady_clock::time_point start) { return std::chrono::duration_cast<Millis>(steady_clock::now() - start); }

// A handler that waits until it may go on, or is told to stop.
struct Gate {
  std::atomic<int> inside = 0, stopped = 0;
  std::mutex mutex;
  std::condition_variable_any changed;
  bool open = false;

  ServerResponse operator()(const ServerRequest& request) {
    std::unique_lock lock(mutex);
    ++inside;
    inside.notify_all();
    if (!changed.wait(lock, request.stop, [&] { return open; })) {
      ++stopped;
      stopped.notify_all();
      return {.status = 503};
    }
    return {.body = "through"};
  }
  void let_go() {
    std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  void wait_for(int count) {
    for (int now = inside; now < count; now = inside) inside.wait(now);
  }
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

// Makes a server's connections known to it: they are counted when they have been accepted.
void wait_for_connections(const HttpServer& server, size_t count) {
  while (server.counts().connections < count) std::this_thread::yield();
}

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("heads and bodies that are too large or too slow") {
  ServerOptions options;
  options.limits.header_bytes = 1000;
  options.limits.body_bytes = 1000;
  options.limits.header_time = options.limits.body_time = Millis(100);
  TestServer served(hello, options);
  CHECK(served.exchange("GET /" + std::string(2000, 'x')).starts_with("HTTP/1.1 431 "));
  CHECK(served.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(served.exchange("GET / HT").starts_with("HTTP/1.1 408 "));
  CHECK(served.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf").starts_with("HTTP/1.1 408 "));
  CHECK(served.exchange("") == "");  // who says nothing hears nothing
  // One who sends a large body without asking can still read why it is refused.
  RawSocket eager(served.port());
  eager.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x'));
  CHECK(eager.receive_all().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("bytes that trickle in do not buy time") {
  ServerOptions options;
  options.limits.header_time = Millis(200);
  TestServer served(hello, options);
  RawSocket socket(served.port());
  auto start = steady_clock::now();
  std::string heard;
  for (int i = 0; heard.empty() && !socket.at_end && since(start) < Millis(5000); ++i) {
    socket.send("G");
    heard = socket.receive(20);
  }
  CHECK(heard.starts_with("HTTP/1.1 408 "));
  CHECK(since(start) < Millis(2000));
}

TEST_CASE("an idle connection is let go, one that is used is not") {
  ServerOptions options;
  options.limits.idle_time = Millis(150);
  TestServer served(hello, options);
  RawSocket socket(served.port());
  auto start = steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    socket.send(kGet);
    CHECK(socket.receive_until("hello").ends_with("hello"));
  }
  CHECK(socket.receive() == "");
  CHECK(socket.at_end);
  CHECK_FALSE(socket.was_reset);
  CHECK(since(start) >= Millis(140));
}

TEST_CASE("a client that does not read is let go") {
  ServerOptions options;
  options.limits.write_time = Millis(200);
  std::promise<int> status;
  options.on_served = [&](const auto& served) { status.set_value(served.status); };
  TestServer served([](const ServerRequest&) { return ServerResponse{.body = std::string(64 << 20, 'x')}; }, options);
  RawSocket socket(served.port(), 4096);
  socket.send(kGet);
  CHECK(status.get_future().get() == 499);
}

TEST_CASE("more connections than there may be are told so") {
  ServerOptions options;
  options.limits.connections = 5;
  TestServer served(hello, options);
  std::vector<RawSocket> open;
  for (int i = 0; i < 5; ++i) open.emplace_back(served.port());
  wait_for_connections(*served.server, 5);
  auto answer = served.exchange(kGet);
  CHECK(answer.starts_with("HTTP/1.1 503 "));
  CHECK(answer.find("Retry-After: ") != answer.npos);
  open[0].send(kGet);
  CHECK(open[0].receive_until("hello").ends_with("hello"));
  open.clear();
  while (served.server->counts().connections > 0) std::this_thread::yield();
  CHECK(served.http.send({.url = served.url()}, {})->status == 200);
}

TEST_CASE("one client's connections are limited, a trusted proxy's are not") {
  ServerOptions options;
  options.limits.connections_per_client = 2;
  TestServer alone(hello, options);
  RawSocket a(alone.port()), b(alone.port());
  wait_for_connections(*alone.server, 2);
  CHECK(alone.exchange(kGet).starts_with("HTTP/1.1 503 "));
  options.trusted_proxies = {"127.0.0.1"};
  TestServer behind(hello, options);
  RawSocket c(behind.port()), d(behind.port());
  wait_for_connections(*behind.server, 2);
  CHECK(behind.http.send({.url = behind.url()}, {})->status == 200);
}

TEST_CASE("a client that asks too often is told when to come back, and its neighbour is not held up") {
  ServerOptions options;
  options.limits.requests_per_second = 0.5;
  options.limits.burst = 3;
  options.trusted_proxies = {"127.0.0.1"};
  TestServer served(hello, options);
  auto ask = [&](std::string client) {
    return served.http.send({.url = served.url(), .headers = {{"X-Forwarded-For", client}}}, {}).value();
  };
  for (int i = 0; i < 3; ++i) CHECK(ask("203.0.113.1").status == 200);
  auto refused = ask("203.0.113.1");
  CHECK(refused.status == 429);
  REQUIRE(refused.header("Retry-After"));
  CHECK(*refused.header("Retry-After") == "2");
  CHECK(ask("203.0.113.2").status == 200);
}

TEST_CASE("when handlers are busy a few may wait, and the next are told to come back") {
  Gate gate;
  ServerOptions options;
  options.handler_threads = 1;
  options.limits.waiting = 2;
  TestServer served(std::ref(gate), options);
  std::vector<RawSocket> sockets;
  for (int i = 0; i < 3; ++i) {
    sockets.emplace_back(served.port());
    sockets.back().send(kGet);
    if (i == 0) gate.wait_for(1);
  }
  while (served.server->counts().waiting < 2) std::this_thread::yield();
  auto refused = served.http.send({.url = served.url()}, {});
  CHECK(refused->status == 503);
  CHECK(refused->header("Retry-After"));
  gate.let_go();
  for (auto& socket : sockets) CHECK(socket.receive_until("through").ends_with("through"));
}

TEST_CASE("a handler is asked to stop when its client goes, and when its time is up") {
  Gate gate;
  ServerOptions options;
  SUBCASE("the client resets") {
    TestServer served(std::ref(gate), options);
    RawSocket socket(served.port());
    socket.send(kGet);
    gate.wait_for(1);
    socket.reset();
    gate.stopped.wait(0);
  }
  SUBCASE("the client closes, with another request already sent") {
    TestServer served(std::ref(gate), options);
    RawSocket socket(served.port());
    socket.send(std::string(kGet) + std::string(kGet));
    gate.wait_for(1);
    socket.close();
    gate.stopped.wait(0);
  }
  SUBCASE("the time is up, and the handler's answer is still sent") {
    options.limits.handler_time = Millis(100);
    TestServer served(std::ref(gate), options);
    CHECK(served.http.send({.url = served.url()}, {})->status == 503);
  }
  CHECK(gate.stopped >= 1);
}

TEST_CASE("requests of clients that have gone are not begun") {
  Gate gate;
  ServerOptions options;
  options.handler_threads = 1;
  TestServer served(std::ref(gate), options);
  RawSocket first(served.port());
  first.send(kGet);
  gate.wait_for(1);
  {
    RawSocket second(served.port());
    second.send(kGet);
    while (served.server->counts().waiting < 1) std::this_thread::yield();
    second.reset();
  }
  RawSocket third(served.port());
  third.send(kGet);
  while (served.server->counts().waiting < 2) std::this_thread::yield();
  gate.let_go();
  CHECK(third.receive_until("through").ends_with("through"));
  CHECK(gate.inside == 2);
}

TEST_CASE("idle and slow connections cost no threads and delay nobody") {
  TestServer served(hello);
  CHECK(served.http.send({.url = served.url()}, {})->status == 200);
  auto threads = process_status("Threads");
  std::vector<RawSocket> open;
  for (int i = 0; i < 1000; ++i) {
    open.emplace_back(served.port());
    REQUIRE(open.back().connected());
    if (i % 2 == 0) open.back().send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  }
  wait_for_connections(*served.server, 1001);
  CHECK(process_status("Threads") == threads);
  std::vector<Millis> took;
  for (int i = 0; i < 200; ++i) {
    auto start = steady_clock::now();
    REQUIRE(served.http.send({.url = served.url()}, {})->status == 200);
    took.push_back(since(start));
  }
  std::ranges::sort(took);
  CHECK(took[100] <= Millis(20));  // with a thread for each of them, or a scan of them all, it would be seconds
  open[0].send("x\r\n\r\n");
  CHECK(open[0].receive_until("hello").ends_with("hello"));
}

TEST_CASE("a graceful stop lets requests end, takes no new ones, and does not wait for the idle") {
  Gate gate;
  TestServer served(std::ref(gate));
  RawSocket idle(served.port()), busy(served.port());
  wait_for_connections(*served.server, 2);
  busy.send(kGet);
  gate.wait_for(1);
  std::thread stopping([&] { served.server->stop(Millis(20'000)); });
  CHECK(idle.receive() == "");
  CHECK(idle.at_end);
  while (RawSocket(served.port()).connected()) std::this_thread::yield();
  auto start = steady_clock::now();
  gate.let_go();
  auto answer = busy.receive_until("through");
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(answer.ends_with("through"));
  busy.close();
  stopping.join();
  CHECK(since(start) < Millis(10'000));
  CHECK(gate.stopped == 0);
}

TEST_CASE("when patience ends, handlers are asked to stop") {
  Gate gate;
  TestServer served(std::ref(gate));
  RawSocket busy(served.port());
  busy.send(kGet);
  gate.wait_for(1);
  served.server->stop(Millis(50));
  CHECK(gate.stopped == 1);
  CHECK(busy.receive_all() == "");
}

TEST_SUITE_END();
