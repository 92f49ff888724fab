#include "net/http_server.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "support/server.h"

using namespace cadastre;
using testing::count_of;
using testing::RawSocket;
using testing::TestServer;

namespace {

std::string serialised(const ServerRequest& request) {
  json::object out{{"method", request.method}, {"target", request.target}, {"path", request.path},
                   {"body", request.body},     {"peer", request.peer},     {"secure", request.secure}};
  json::array segments, query;
  for (const auto& segment : request.segments) segments.emplace_back(segment);
  for (const auto& [key, value] : request.query) query.emplace_back(key + "=" + value);
  out["segments"] = segments;
  out["query"] = query;
  return to_json(out);
}

// Says back what it was asked.
ServerResponse echo(const ServerRequest& request) {
  ServerResponse response;
  response.set("Content-Type", "application/json");
  response.body = serialised(request);
  return response;
}

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("a request arrives as it was sent, and the answer goes back") {
  TestServer served(echo);
  auto answer = served.http.send({.method = "POST",
                                  .url = served.url("/a/b%2Fc//d?q=x+y&q=%26&empty"),
                                  .headers = {{"Content-Type", "text/plain"}},
                                  .body = "h\xc3\xa9llo"},
                                 {});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->header("X-Request-Id"));
  CHECK(answer->header("Date"));
  auto got = parse_json(answer->body, "answer").value();
  CHECK(got.at("method") == "POST");
  CHECK(got.at("path") == "/a/b/c//d");
  CHECK(got.at("segments") == json::array{"a", "b/c", "", "d"});
  CHECK(got.at("query") == json::array{"q=x y", "q=&", "empty="});
  CHECK(got.at("body") == "h\xc3\xa9llo");
  CHECK(got.at("peer") == "127.0.0.1");
  CHECK(got.at("secure") == false);
}

TEST_CASE("requests that were sent together are answered in order, on one connection") {
  TestServer served(echo);
  RawSocket socket(served.port());
  socket.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: "
      "t\r\n\r\n"
      "GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  auto all = socket.receive_all();
  CHECK(count_of(all, "HTTP/1.1 200 OK\r\n") == 4);
  auto first = all.find("\"path\":\"/1\""), second = all.find("\"path\":\"/2\""), third = all.find("\"path\":\"/3\""),
       fourth = all.find("\"path\":\"/4\"");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third < fourth);
  CHECK(fourth != all.npos);
  CHECK(all.find("\"body\":\"abcde\"") != all.npos);
  CHECK(served.server->counts().accepted == 1);
}

TEST_CASE("HEAD has the headers and not the body; HTTP/1.0 ends its connection unless it asks") {
  TestServer served(echo);
  auto head = served.exchange("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(head.find("Content-Length: ") != head.npos);
  CHECK(head.ends_with("\r\n\r\n"));
  auto old = served.exchange("GET /x HTTP/1.0\r\n\r\n");
  CHECK(old.find("\"path\":\"/x\"") != old.npos);
  auto kept = served.exchange("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
  CHECK(count_of(kept, "200 OK") == 2);
  CHECK(count_of(kept, "Connection: keep-alive") == 1);
}

TEST_CASE("a body that waits for 100 Continue gets it, and one that is too large does not") {
  TestServer served(echo);
  RawSocket socket(served.port());
  socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  CHECK(socket.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ok");
  CHECK(socket.receive_all().find("\"body\":\"ok\"") != std::string::npos);
  auto refused =
      served.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(refused.starts_with("HTTP/1.1 413 "));
}

TEST_CASE("what is refused is a problem with the request's id, and ends the connection") {
  TestServer served(echo);
  auto answer =
      served.exchange("GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(answer.find("Content-Type: application/problem+json\r\n") != answer.npos);
  CHECK(count_of(answer, "HTTP/1.1") == 1);
  auto body = parse_json(answer.substr(answer.find("\r\n\r\n") + 4), "problem").value();
  CHECK(body.at("status") == 400);
  CHECK(answer.find(fmt::format("X-Request-Id: {}\r\n", body.at("request_id").get_string().c_str())) != answer.npos);
  CHECK(served.server->counts().refused == 1);
}

TEST_CASE("a handler that throws is a 500 that says nothing of why, and is served like any other") {
  std::mutex mutex;
  std::vector<std::string> seen;
  ServerOptions options;
  options.on_served = [&](const ServerOptions::Served& served) {
    std::lock_guard lock(mutex);
    seen.push_back(
        fmt::format("{} {} {} {} {}", served.method, served.target, served.status, served.route, served.peer));
  };
  {
    TestServer served(
        [](const ServerRequest& request) -> ServerResponse {
          if (request.path == "/bad") throw std::runtime_error("the password is hunter2");
          ServerResponse response;
          response.set("X-Route", "/good");
          return response;
        },
        options);
    auto bad = served.http.send({.url = served.url("/bad")}, {});
    CHECK(bad->status == 500);
    CHECK(bad->body.find("hunter2") == std::string::npos);
    auto good = served.http.send({.url = served.url("/good?a=b")}, {});
    CHECK(good->header("X-Route") == nullptr);
    CHECK(good->header("Content-Length"));
  }
  CHECK(seen == std::vector<std::string>{"GET /bad 500  127.0.0.1", "GET /good?a=b 200 /good 127.0.0.1"});
}

TEST_CASE("forwarded headers count only when a trusted proxy says them") {
  std::string request =
      "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1, 203.0.113.7\r\nX-Forwarded-For: 127.0.0.1\r\n"
      "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n";
  TestServer plain(echo);
  auto answer = plain.exchange(request);
  CHECK(answer.find("\"peer\":\"127.0.0.1\",\"secure\":false") != answer.npos);
  ServerOptions options;
  options.trusted_proxies = {"127.0.0.0/8"};
  TestServer behind(echo, options);
  answer = behind.exchange(request);
  CHECK(answer.find("\"peer\":\"203.0.113.7\",\"secure\":true") != answer.npos);
  options.trusted_proxies = {"everybody"};
  auto wrong = HttpServer::start(options, echo);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::invalid);
}

TEST_CASE("where it listens") {
  TestServer first(echo);
  ServerOptions options;
  options.listen = fmt::format("127.0.0.1:{}", first.port());
  auto second = HttpServer::start(options, echo);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::io);
  CHECK(second.error().message.find(options.listen) != std::string::npos);
  for (auto listen : {"", "nonsense", ":80", "127.0.0.1", "127.0.0.1:99999", "no.such.host.invalid:80"}) {
    options.listen = listen;
    auto wrong = HttpServer::start(options, echo);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::invalid);
  }
  options.listen = "[::1]:0";
  if (auto six = HttpServer::start(options, echo)) {
    HttpClient http;
    auto answer = http.send({.url = fmt::format("http://[::1]:{}/", (*six)->port())}, {});
    REQUIRE(answer);
    CHECK(answer->body.find("\"peer\":\"::1\"") != std::string::npos);
    options.listen = "[::]:0";
    TestServer both(echo, options);
    answer = both.http.send({.url = both.url()}, {});
    REQUIRE(answer);
    CHECK(answer->body.find("\"peer\":\"127.0.0.1\"") != std::string::npos);
  } else {
    MESSAGE("this machine has no IPv6");
  }
}

TEST_SUITE_END();
