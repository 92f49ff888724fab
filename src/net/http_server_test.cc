#include "net/http_server.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "support/raw_socket.h"

using namespace cadastre;
using testing::count_of;
using testing::RawSocket;

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

struct Served {
  std::unique_ptr<HttpServer> server;
  HttpClient http;
  explicit Served(Handler handler = echo, ServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    auto started = HttpServer::start(std::move(options), std::move(handler));
    REQUIRE(started);
    server = std::move(*started);
  }
  int port() const { return server->port(); }
  std::string url(std::string_view target = "/") const { return fmt::format("http://127.0.0.1:{}{}", port(), target); }
  // Sends bytes on a connection of their own and reads until the server ends it.
  std::string exchange(std::string_view bytes) const {
    RawSocket socket(port());
    REQUIRE(socket.send(bytes));
    return socket.receive_all();
  }
};

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("a request arrives as it was sent, and the answer goes back") {
  Served served;
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
  Served served;
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
  Served served;
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
  Served served;
  RawSocket socket(served.port());
  socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  CHECK(socket.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ok");
  CHECK(socket.receive_all().find("\"body\":\"ok\"") != std::string::npos);
  auto refused =
      served.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(refused.starts_with("HTTP/1.1 413 "));
}

TEST_SUITE_END();
