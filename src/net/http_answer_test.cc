#include "net/http_answer.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include "base/json.h"
#include "net/event_buffer.h"
#include "net/handler_pool.h"
#include "net/http_limits.h"

using namespace cadastre;

namespace {

ServerRequest get(std::vector<HttpHeader> headers = {}) {
  ServerRequest request;
  request.id = "id-1";
  request.method = "GET";
  request.headers = std::move(headers);
  return request;
}

ServerResponse json_of(size_t size) {
  ServerResponse response;
  response.set("Content-Type", "application/json");
  response.set("ETag", "\"v1\"");
  response.body = "[" + std::string(size - 2, '1') + "]";
  return response;
}

Answer made(const ServerRequest& request, ServerResponse response) {
  return make_answer(request, false, std::move(response), Time(Millis(0)));
}

std::string gunzip(std::string_view bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

bool has(const Answer& answer, std::string_view line) { return answer.head.find(line) != answer.head.npos; }

}  // namespace

TEST_CASE("a body is compressed when it is worth it and the client takes it, and its tag is weak then") {
  auto answer = made(get({{"accept-encoding", "gzip"}}), json_of(5000));
  CHECK(has(answer, "\r\nContent-Encoding: gzip\r\n"));
  CHECK(has(answer, "\r\nETag: W/\"v1\"\r\n"));
  CHECK(has(answer, "\r\nVary: Accept-Encoding\r\n"));
  CHECK(has(answer, fmt::format("\r\nContent-Length: {}\r\n", answer.body.size())));
  CHECK(answer.body.size() < 200);
  CHECK(gunzip(answer.body) == json_of(5000).body);

  auto plain = made(get(), json_of(5000));
  CHECK_FALSE(has(plain, "Content-Encoding"));
  CHECK(has(plain, "\r\nETag: \"v1\"\r\n"));
  CHECK(has(plain, "\r\nVary: Accept-Encoding\r\n"));
  CHECK_FALSE(has(made(get({{"Accept-Encoding", "gzip"}}), json_of(1000)), "Content-Encoding"));
  auto picture = json_of(5000);
  picture.set("content-type", "image/png");
  CHECK_FALSE(has(made(get({{"Accept-Encoding", "gzip"}}), picture), "Content-Encoding: gzip"));
  auto encoded = json_of(5000);
  encoded.set("Content-Encoding", "br");
  CHECK(has(made(get({{"Accept-Encoding", "gzip"}}), encoded), "Content-Encoding: br"));
}

TEST_CASE("what a client has already is not sent again") {
  auto answer = made(get({{"If-None-Match", "W/\"v1\""}, {"Accept-Encoding", "gzip"}}), json_of(5000));
  CHECK(answer.status == 304);
  CHECK(answer.body.empty());
  CHECK(has(answer, "ETag: W/\"v1\""));
  CHECK_FALSE(has(answer, "Content-Length"));
  CHECK(made(get({{"If-None-Match", "\"v2\""}}), json_of(50)).status == 200);
  auto error = json_of(50);
  error.status = 404;
  CHECK(made(get({{"If-None-Match", "*"}}), error).status == 404);
}

TEST_CASE("a header cannot bring another header, nor end the head") {
  for (auto [name, value] : std::vector<std::pair<std::string, std::string>>{{"X-Name", "a\r\nSet-Cookie: x=1"},
                                                                             {"X-Name", "a\nb"},
                                                                             {"X-Name", std::string("a\0b", 3)},
                                                                             {"X-Name", "\x7f"},
                                                                             {"X: Y", "a"},
                                                                             {"", "a"}}) {
    ServerResponse response;
    response.set(name, value);
    auto answer = made(get(), std::move(response));
    CHECK(answer.status == 500);
    CHECK_FALSE(has(answer, "Set-Cookie"));
    auto problem = parse_json(answer.body, "problem").value();
    CHECK(problem.at("request_id") == "id-1");
  }
  ServerResponse odd;
  odd.status = 99;
  CHECK(made(get(), odd).status == 500);
}

TEST_CASE("the server's own headers cannot be replaced") {
  ServerResponse response;
  for (auto name : {"content-length", "Transfer-Encoding", "connection", "Date", "X-Request-Id", "X-Route"})
    response.set(name, "99");
  response.body = "abc";
  auto answer = made(get(), std::move(response));
  CHECK(answer.head ==
        "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Request-Id: id-1\r\nContent-Length: 3\r\n");
  CHECK(answer.route == "99");
}

TEST_CASE("a stream is framed and compressed piece by piece") {
  for (bool compressed : {false, true}) {
    CAPTURE(compressed);
    ServerResponse response;
    response.set("Content-Type", "text/csv");
    int pieces = 0;
    response.stream = [&](std::string& piece) -> Result<bool> {
      piece = pieces == 1 ? "" : fmt::format("line {}\n", pieces);
      return ++pieces < 5;
    };
    auto answer =
        made(get(compressed ? std::vector<HttpHeader>{{"Accept-Encoding", "gzip"}} : std::vector<HttpHeader>{}),
             std::move(response));
    CHECK(has(answer, "Transfer-Encoding: chunked"));
    std::string out;
    auto more = pull_stream(answer, out);
    REQUIRE(more);
    CHECK_FALSE(*more);
    CHECK(out.ends_with("\r\n0\r\n\r\n"));
    auto size = std::stoul(out, nullptr, 16);
    auto data = out.substr(out.find("\r\n") + 2, size);
    CHECK((compressed ? gunzip(data) : data) == "line 0\nline 2\nline 3\nline 4\n");
  }
}

TEST_CASE("events have one form, whatever is in them") {
  CHECK(event_text("changed", "{}") == "event: changed\ndata: {}\n\n");
  CHECK(event_text("", "a\nb\r\nc\rd") == "data: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(event_text("x\ndata: forged\n\n", "") == "event: xdata: forged\ndata: \n\n");
}

TEST_CASE("a client of events that does not keep up is let go") {
  int woken = 0;
  EventBuffer buffer(100, [&] { ++woken; });
  std::string text;
  CHECK(buffer.send("a", "b"));
  CHECK(buffer.send("a", "b"));
  CHECK(woken == 1);  // the second found it awake
  CHECK(buffer.take(text) == EventBuffer::State::open);
  CHECK(text == "event: a\ndata: b\n\nevent: a\ndata: b\n\n");
  CHECK_FALSE(buffer.send("a", std::string(200, 'x')));
  CHECK_FALSE(buffer.open());
  CHECK_FALSE(buffer.send("a", "b"));
  CHECK(buffer.take(text) == EventBuffer::State::too_slow);
  CHECK(text.empty());
}

TEST_CASE("a client's requests pass at its rate, and its neighbour's are not held up") {
  auto now = RateLimit::Instant() + std::chrono::hours(1);
  RateLimit limit(10, 3);
  for (int i = 0; i < 3; ++i) CHECK(limit.take("a", now) == 0);
  CHECK(limit.take("a", now) == 1);
  CHECK(limit.take("b", now) == 0);
  now += Millis(100);
  CHECK(limit.take("a", now) == 0);
  CHECK(limit.take("a", now) == 1);
  RateLimit slow(0.1, 1);
  CHECK(slow.take("a", now) == 0);
  CHECK(slow.take("a", now) == 10);
  CHECK(RateLimit(0, 0).take("a", now) == 0);
}

TEST_CASE("clients that have been quiet are forgotten") {
  auto now = RateLimit::Instant() + std::chrono::hours(1);
  RateLimit limit(100, 10);
  for (int i = 0; i < 100'000; ++i) {
    now += Millis(1);
    limit.take(std::to_string(i), now);
  }
  CHECK(limit.clients() < 3000);
}

TEST_CASE("an IPv6 client is its network, an IPv4 client its address in both notations") {
  CHECK(client_key("2001:db8:1:2::1") == client_key("2001:db8:1:2:ffff::9"));
  CHECK(client_key("2001:db8:1:2::1") != client_key("2001:db8:1:3::1"));
  CHECK(client_key("10.0.0.1") == client_key("::ffff:10.0.0.1"));
  CHECK(client_key("10.0.0.1") != client_key("10.0.0.2"));
}

TEST_CASE("connections are counted in all and by client, and a proxy is many clients") {
  ConnectionLimit limit(4, 2);
  CHECK(limit.enter("a", false));
  CHECK(limit.enter("a", false));
  CHECK_FALSE(limit.enter("a", false));
  CHECK(limit.enter("proxy", true));
  CHECK(limit.enter("a", true));
  CHECK_FALSE(limit.enter("b", false));
  limit.leave("a");
  CHECK(limit.enter("b", false));
}

TEST_CASE("the pool takes as many jobs as may wait, and runs each of them") {
  std::atomic<int> begun = 0, ran = 0;
  std::atomic<bool> open = false;
  {
    HandlerPool pool(2, 3);
    auto job = [&] {
      ++begun;
      begun.notify_all();
      open.wait(false);
      ++ran;
    };
    for (int running = 0; running < 2; ++running) {
      CHECK(pool.submit(job));
      begun.wait(running);  // it has a thread to itself
    }
    for (int i = 0; i < 3; ++i) CHECK(pool.submit(job));
    CHECK_FALSE(pool.submit(job));
    CHECK(pool.waiting() == 3);
    pool.resume(job);  // what has begun is never turned away
    open = true;
    open.notify_all();
  }
  CHECK(ran == 6);
}
