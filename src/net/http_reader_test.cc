#include "net/http_reader.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "net/http_head.h"

using namespace cadastre;
using State = HttpReader::State;

namespace {

constexpr size_t kHeader = 1024, kBody = 100;

// Feeds `bytes` in parts of `step` as a connection does: what is not used is given again, with more behind it.
State feed(HttpReader& reader, std::string_view bytes, size_t step, std::string* left = nullptr) {
  std::string waiting;
  while (!bytes.empty() && reader.state() != State::done && reader.state() != State::refused) {
    waiting += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    waiting.erase(0, reader.feed(waiting));
  }
  if (left) *left = waiting + std::string(bytes);
  return reader.state();
}

// The status it is refused with, 0 when it is read, 1 when more is waited for; the same however it is cut.
int outcome(std::string_view bytes) {
  std::set<int> outcomes;
  for (size_t step : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, bytes.size()}) {
    HttpReader reader(kHeader, kBody);
    auto state = feed(reader, bytes, step);
    outcomes.insert(state == State::refused ? reader.refusal().status : state == State::done ? 0 : 1);
  }
  CAPTURE(bytes);
  CHECK(outcomes.size() == 1);
  return *outcomes.begin();
}

std::string with(std::string_view headers, std::string_view rest = "") {
  return fmt::format("POST /x HTTP/1.1\r\nHost: h\r\n{}\r\n{}", headers, rest);
}

}  // namespace

TEST_CASE("a request is read however its bytes are cut, and what follows it is left") {
  std::string bytes =
      "POST http://other/a%2Fb?q=1 HTTP/1.1\r\nHost: h\r\nX-A:  1 \r\nx-a:2\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;e=\"v\"\r\nhello\r\n1\r\n!\r\n0\r\nX-Forwarded-For: 9.9.9.9\r\n\r\nGET /next";
  for (size_t step = 1; step < bytes.size(); ++step) {
    CAPTURE(step);
    HttpReader reader(kHeader, kBody);
    std::string left;
    REQUIRE(feed(reader, bytes, step, &left) == State::done);
    auto& request = reader.request();
    CHECK(request.method == "POST");
    CHECK(request.target == "http://other/a%2Fb?q=1");
    CHECK(request.segments == std::vector<std::string>{"a/b"});
    CHECK(*request.header("host") == "other");
    CHECK(*request.header("X-A") == "1");
    CHECK(request.headers.size() == 4);
    CHECK(request.header("X-Forwarded-For") == nullptr);  // a trailer is no header
    CHECK(request.body == "hello!");
    CHECK(reader.keep_alive());
    CHECK(left == "GET /next");
  }
}

TEST_CASE("heads that two servers could read differently are refused") {
  // lengths and encodings
  CHECK(outcome(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n")) == 400);
  CHECK(outcome(with("Content-Length: 1\r\nContent-Length: 2\r\n", "ab")) == 400);
  CHECK(outcome(with("Content-Length: 1\r\nContent-Length: 1\r\n", "a")) == 400);
  for (auto length : {"1, 1", "+1", "-1", "0x1", "1 1", "", "1.0", "1\t1", "\v1"}) {
    CHECK(outcome(with(fmt::format("Content-Length: {}\r\n", length), "a")) == 400);
  }
  CHECK(outcome(with("Content-Length: 99999999999999999999999\r\n", "a")) == 413);
  CHECK(outcome(with("Content-Length : 1\r\n", "a")) == 400);
  CHECK(outcome(with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == 400);
  for (auto encoding :
       {"gzip, chunked", "identity", "chunked, identity", "xchunked", "\"chunked\"", "chunked;x=y", ""}) {
    CHECK(outcome(with(fmt::format("Transfer-Encoding: {}\r\n", encoding), "0\r\n\r\n")) == 501);
  }
  CHECK(outcome("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
  // lines
  CHECK(outcome("GET / HTTP/1.1\nHost: h\n\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost: h\r\nX: a\nY: b\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost: h\n\r\n\r\n") == 400);
  CHECK(outcome(with("X: a\r\n folded\r\n")) == 400);
  CHECK(outcome("GET / HTTP/1.1\r\n Host: h\r\n\r\n") == 400);
  CHECK(outcome(with("X\r\n")) == 400);
  CHECK(outcome(with(": v\r\n")) == 400);
  CHECK(outcome(with("X(y): v\r\n")) == 400);
  CHECK(outcome(with(std::string("X: a\0b\r\n", 8))) == 400);
  CHECK(outcome(with("X: a\x01\r\n")) == 400);
  // the request line
  for (auto line :
       {"GET  / HTTP/1.1", "GET /", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "G(T / HTTP/1.1",
        "GET / http/1.1", "GET / /x HTTP/1.1", "/ HTTP/1.1", "\x16\x03\x01", "GET /\x01 HTTP/1.1", "GET /# HTTP/1.1"}) {
    CHECK(outcome(fmt::format("{}\r\nHost: h\r\n\r\n", line)) == 400);
  }
  CHECK(outcome("GET / HTTP/2.0\r\nHost: h\r\n\r\n") == 505);
  CHECK(outcome("GET / HTTP/1.2\r\nHost: h\r\n\r\n") == 505);
  CHECK(outcome("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
  CHECK(outcome("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n") == 400);
  // hosts
  CHECK(outcome("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n") == 400);
  CHECK(outcome("GET / HTTP/1.0\r\n\r\n") == 0);
  CHECK(outcome("\r\nGET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n") == 0);
  CHECK(outcome(with("Connection: close, \xff\r\n")) == 400);
  CHECK(outcome(with("Connection: , keep-alive,,\r\n")) == 0);
  CHECK(outcome(with("Expect: the-unexpected\r\n")) == 417);
}

TEST_CASE("bodies that are not what their head says are refused") {
  CHECK(outcome(with("Content-Length: 3\r\n", "abc")) == 0);
  CHECK(outcome(with("Content-Length: 3\r\n", "ab")) == 1);
  CHECK(outcome(with("Content-Length: 101\r\n")) == 413);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n")) == 413);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n",
                     "32\r\n" + std::string(50, 'x') + "\r\n33\r\n" + std::string(51, 'x') + "\r\n0\r\n\r\n")) == 413);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n")) == 0);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "1;a;b=c;d=\"e f\"\r\nx\r\n0;z\r\n\r\n")) == 0);
  for (auto chunk : {"0;\r\n\r\n", "0;a=\"b\"c\r\n\r\n", "0;a=\"b\r\n\r\n", "0;a b\r\n\r\n", "0;a=\r\n\r\n", "x\r\n",
                     "-1\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\nabc\n0\n\n", "ffffffffffffffffff\r\n", "\r\n0\r\n\r\n",
                     "3 \r\nabcx\r\n", "0x3\r\nabc\r\n0\r\n\r\n"}) {
    auto status = outcome(with("Transfer-Encoding: chunked\r\n", chunk));
    CHECK(status >= 400);
    CHECK(status < 500);
  }
}

TEST_CASE("lines after the last chunk are read over, also when they come byte by byte behind an empty body") {
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "0\r\nX-Trailer: t\r\n\r\n")) == 0);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "0\r\nX-Trailer: t\r\n")) == 1);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "0\r\n\nX: t\r\n\r\n")) == 400);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "0\r\ncontent-length: 5\r\n\r\n")) == 400);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "0\r\nno trailer\r\n\r\n")) == 400);
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", "0\r\nnone\r\n\r\n")) == 400);
}

TEST_CASE("a head that is too large is refused before it has ended") {
  CHECK(outcome("GET /" + std::string(kHeader, 'x')) == 431);
  CHECK(outcome(with("X: " + std::string(kHeader, 'x') + "\r\n")) == 431);
  CHECK(outcome(with("X: " + std::string(kHeader - 60, 'x') + "\r\nContent-Length: 0\r\n")) == 0);
  std::string extension = "1;" + std::string(2 * kHeader, 'x');
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", extension)) == 400);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 400; ++i) trailers += "X-Trailer: t\r\n";
  CHECK(outcome(with("Transfer-Encoding: chunked\r\n", trailers)) == 400);
}
