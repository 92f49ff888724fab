// The HTTP/1.1 server: connections, limits and TLS on a few I/O threads; handlers are plain functions on a pool of
// others.
//
// A connection that is idle or slow costs memory, never a thread. Handlers may block; they are called by several
// threads at once. RFC 9110, 9112.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/http_client.h"  // HttpHeader

namespace cadastre {

struct ServerRequest {
  std::string id;                                          // unique; in the log line and in X-Request-Id of the answer
  std::string method;                                      // "GET"
  std::string target;                                      // as received: "/api/v1/resources?q=web"
  std::string path;                                        // decoded, without query; never with "." or ".." segments
  std::vector<std::string> segments;                       // of the path, decoded one by one: "a%2Fb" is one, "a/b"
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<HttpHeader> headers;
  std::string body;
  std::string peer;      // the client's address; behind a trusted proxy the forwarded one
  bool secure = false;   // TLS here, or a trusted proxy says so
  std::stop_token stop;  // the client has gone, the time is up, or the server stops

  const std::string* header(std::string_view name) const;     // case-insensitive; nullptr when absent
  const std::string* parameter(std::string_view name) const;  // the first of the query; nullptr when absent
  std::vector<std::string> parameters(std::string_view name) const;
  std::string cookie(std::string_view name) const;  // "" when absent
};

// Events to one client for as long as it stays (text/event-stream). Any thread may send; a client that does not keep up
// is let go.
class EventStream {
 public:
  virtual ~EventStream() = default;
  virtual bool send(std::string_view event, std::string_view data) = 0;  // false: the client has gone
  virtual void close() = 0;
  virtual bool open() const = 0;
};

struct ServerResponse {
  int status = 200;
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  // Instead of a body: called on a handler thread for one piece after another, when the client has taken the last;
  // returns false at the end. An error ends the connection without the closing chunk, so that a cut answer is never
  // taken for a whole one.
  std::function<Result<bool>(std::string& piece)> stream = {};
  // Instead of a body: called once, when the headers have been sent. It keeps the stream, and must not block.
  std::function<void(std::shared_ptr<EventStream>)> events = {};

  void set(std::string_view name,
           std::string value);  // replaces; control characters in values are refused by the server
};

// Answers one request. Never throws; whatever goes wrong is an answer.
using Handler = std::function<ServerResponse(const ServerRequest&)>;

struct TlsFiles {
  std::string certificate, key;  // PEM: the whole chain; the private key
};

struct ServerLimits {
  size_t header_bytes = 16 << 10, body_bytes = 1 << 20;
  Millis header_time{10'000};  // from the first byte (or the connection) to the end of the headers
  Millis body_time{30'000}, write_time{30'000}, idle_time{75'000};
  Millis handler_time{60'000};  // then `stop` is requested
  size_t connections = 10'000, connections_per_client = 2'000;
  size_t waiting = 1'024;            // requests that wait for a handler thread; beyond: 503 with Retry-After
  double requests_per_second = 200;  // of a client (address); beyond: 429 with Retry-After; 0: no limit
  double burst = 400;
  Millis event_silence{15'000};    // an event stream that said nothing for so long gets a comment, to stay open
  size_t event_bytes = 256 << 10;  // what may wait for one client of events; beyond, it is let go
};

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // "HOST:PORT", "[::1]:8080"; port 0: a free one
  std::optional<TlsFiles> tls = {};
  std::vector<std::string> trusted_proxies = {};  // addresses or networks whose X-Forwarded-For, -Proto are believed
  ServerLimits limits = {};
  int io_threads = 1, handler_threads = 4;
  // After each request, from any thread: for logs and metrics.
  struct Served {
    std::string_view id, method, target, peer, route;  // route: the answer's X-Route header, which is not sent
    int status = 0;
    size_t sent = 0;
    Millis wait{0}, took{0};
  };
  std::function<void(const Served&)> on_served = {};
};

struct ServerCounts {
  uint64_t connections = 0, accepted = 0, requests = 0, refused = 0, waiting = 0;
};

class HttpServer {
 public:
  // Listens at once. Errors: invalid (listen, certificate), io (the port is taken: the sentence says by what to replace
  // it).
  static Result<std::unique_ptr<HttpServer>> start(ServerOptions options, Handler handler);
  virtual ~HttpServer() = default;  // as stop(0)

  virtual int port() const = 0;
  // Reads the certificate files again; connections that are open stay as they are. Errors: invalid, and the old ones
  // stay in use.
  virtual Result<void> reload_tls() = 0;
  // No new connections; requests under way get so long to end.
  virtual void stop(Millis patience) = 0;
  virtual ServerCounts counts() const = 0;
};

}  // namespace cadastre
