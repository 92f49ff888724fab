#include "net/http_client.h"

#include <doctest/doctest.h>
#include <strings.h>

#include <latch>

#include "support/scripted_server.h"

using namespace cadastre;
using std::chrono::steady_clock;
using testing::ScriptedReply;
using testing::ScriptedRequest;
using testing::ScriptedServer;

namespace {

ScriptedReply hello(const ScriptedRequest&) { return {.headers = {{"X-Kind", " greeting "}}, .body = "hello"}; }

Millis since(steady_clock::time_point start) { return std::chrono::duration_cast<Millis>(steady_clock::now() - start); }

}  // namespace

TEST_CASE("an answer arrives whole, with its headers in order") {
  ScriptedServer server(hello);
  HttpClient http;
  auto response = http.send({.url = server.url() + "/a?b=c"}, {});
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body == "hello");
  REQUIRE(response->headers.size() == 2);
  CHECK(response->headers[0].name == "X-Kind");
  REQUIRE(response->header("x-kind"));
  CHECK(*response->header("x-kind") == "greeting");
  CHECK(response->header("x-none") == nullptr);
}

TEST_CASE("the request arrives as it was given, and nothing is added to it that a signature could miss") {
  ScriptedServer server(hello);
  HttpClient http({.user_agent = "cadastre/test"});
  std::string target = "/a/../b//c/./%2e%2E/arn%3Aaws?x=1&empty=&a=%20%2B&x=0";
  auto response = http.send({.method = "POST",
                             .url = server.url() + target,
                             .headers = {{"X-Amz-Date", "now"}, {"X-Empty", ""}},
                             .body = std::string("a\0b", 3)},
                            {});
  REQUIRE(response);
  auto request = server.requests().at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == target);
  CHECK(request.body == std::string("a\0b", 3));
  CHECK(request.header("X-Amz-Date") == "now");
  CHECK(request.header("User-Agent") == "cadastre/test");
  CHECK(request.header("Host") == server.url().substr(7));
  CHECK(std::ranges::count_if(request.headers, [](auto& h) { return h.first == "X-Empty"; }) == 1);
  CHECK(request.header("Content-Type") == "");
  CHECK(request.header("Expect") == "");
}

TEST_CASE("methods do not leak from one use of a handle into the next") {
  ScriptedServer server(hello);
  HttpClient http;
  for (std::string method : {"HEAD", "POST", "GET", "PUT", "DELETE", "HEAD", "GET", "PUT", "POST"}) {
    CAPTURE(method);
    bool has_body = method == "POST";
    auto response = http.send({.method = method, .url = server.url(), .body = has_body ? "body" : ""}, {});
    REQUIRE(response);
    CHECK(response->body == (method == "HEAD" ? "" : "hello"));
    CHECK(server.requests().back().method == method);
    CHECK(server.requests().back().body == (has_body ? "body" : ""));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("connections are kept alive") {
  ScriptedServer server(hello);
  HttpClient http;
  for (int i = 0; i < 20; ++i) REQUIRE(http.send({.url = server.url()}, {}));
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 20);
}

TEST_CASE("an error status and a redirect are answers") {
  ScriptedServer server([](const ScriptedRequest& request) -> ScriptedReply {
    if (request.target == "/moved") return {.status = 301, .headers = {{"Location", "/elsewhere"}}, .body = "moved"};
    return {.status = 503, .body = "slow down"};
  });
  HttpClient http;
  CHECK(http.send({.url = server.url() + "/moved"}, {})->status == 301);
  CHECK(http.send({.url = server.url()}, {})->body == "slow down");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a body that is cut short is a network error, never a short answer") {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply::cut(std::string(1000, 'x'), 400); });
  HttpClient http;
  auto response = http.send({.url = server.url() + "/?token=secret"}, {});
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ErrorCode::network);
  CHECK(response.error().message.find("cut short") != std::string::npos);
  CHECK((response.error().message + response.error().cause).find("secret") == std::string::npos);
}

TEST_CASE("a reset connection and a closed port are network errors that name the peer") {
  HttpClient http;
  std::string url;
  {
    ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply::reset(); });
    url = server.url();
    auto response = http.send({.url = url}, {});
    REQUIRE_FALSE(response);
    CHECK(response.error().code == ErrorCode::network);
  }
  auto response = http.send({.url = url}, {});
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ErrorCode::network);
  CHECK(response.error().message == "cannot connect to " + url.substr(7));
}

TEST_CASE("addresses that cannot be are refused") {
  HttpClient http;
  CHECK(http.send({.url = "file:///etc/passwd"}, {}).error().code == ErrorCode::invalid);
  CHECK(http.send({.url = "http://bad host/"}, {}).error().code == ErrorCode::invalid);
  CHECK(http.send({.url = "http://no-such-name.invalid/"}, {}).error().code == ErrorCode::network);
}

TEST_CASE("a peer that hangs is left when the time is up") {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply::hang(); });
  HttpClient http;
  auto start = steady_clock::now();
  auto response = http.send({.url = server.url(), .timeout = Millis(80)}, {});
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ErrorCode::timeout);
  CHECK(response.error().message == server.url().substr(7) + " did not answer within 80ms");
  CHECK(since(start) < Millis(1000));
}

TEST_CASE("a request that waits for a free connection also times out") {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply::hang(); });
  HttpClient http({.max_connections_per_host = 1});
  std::stop_source stop;
  std::jthread first([&] { (void)http.send({.url = server.url()}, stop.get_token()); });
  while (server.requests().empty()) std::this_thread::yield();
  auto second = http.send({.url = server.url(), .timeout = Millis(50)}, {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::timeout);
  stop.request_stop();
}

TEST_CASE("a stop is obeyed at once") {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply::hang(); });
  HttpClient http;
  std::stop_source stop;
  steady_clock::time_point asked;
  std::jthread stopper([&] {
    while (server.requests().empty()) std::this_thread::yield();
    asked = steady_clock::now();
    stop.request_stop();
  });
  auto response = http.send({.url = server.url()}, stop.get_token());
  auto took = since(asked);
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ErrorCode::cancelled);
  CHECK(took < Millis(100));
  CHECK(http.send({.url = server.url()}, stop.get_token()).error().code == ErrorCode::cancelled);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a large body arrives, one that is too large is an error") {
  std::string large(2 << 20, 'x');
  for (size_t i = 0; i < large.size(); i += 97) large[i] = static_cast<char>(i);
  ScriptedServer server([&](const ScriptedRequest&) { return ScriptedReply{.body = large}; });
  HttpClient http;
  auto response = http.send({.url = server.url()}, {});
  REQUIRE(response);
  CHECK(response->body == large);
  auto refused = http.send({.url = server.url(), .max_body = large.size() - 1}, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::malformed);
  CHECK(refused.error().message.find("larger than 2,097,151 bytes") != std::string::npos);
}

TEST_CASE("two hundred requests at once each get their own answer, over no more connections than allowed") {
  ScriptedServer server(
      [](const ScriptedRequest& request) { return ScriptedReply{.body = request.target + request.body}; });
  HttpClient http({.io_threads = 2, .max_connections_per_host = 32});
  std::latch together(200);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 200; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        auto text = std::to_string(i);
        auto response = http.send({.method = "POST", .url = server.url() + "/" + text, .body = text}, {});
        if (response && response->body == "/" + text + text) ++right;
      });
    }
  }
  CHECK(right == 200);
  CHECK(server.connections() <= 32);
}

TEST_CASE("a direct request goes past the proxy, any other through it") {
  ScriptedServer proxy([](const ScriptedRequest&) { return ScriptedReply{.body = "proxy"}; });
  ScriptedServer server(hello);
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  {
    HttpClient http;
    CHECK(http.send({.url = server.url(), .direct = true}, {})->body == "hello");
    CHECK(http.send({.url = server.url()}, {})->body == "proxy");
    CHECK(http.send({.url = server.url(), .direct = true}, {})->body == "hello");
    CHECK(proxy.requests().at(0).target == server.url() + "/");
  }
  ::unsetenv("http_proxy");
}
