// An HTTP/1.1 server on 127.0.0.1, one thread and epoll: keep-alive, answers that are late without a thread waiting,
// and every way in which an answer can go wrong on its way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace cadastre::scripted {

// Views into the connection's buffer; valid while the handler runs.
struct HttpQuestion {
  std::string_view method, target, body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;

  std::string_view header(std::string_view name) const;  // whatever the case; "" when absent
};

struct HttpAnswer {
  enum class Way {
    whole,
    reset,  // no answer: the connection is reset
    cut,    // the connection ends in the middle of the body
    hang,   // never
    slow,   // a sixteenth of the body at a time
  };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string content_type = "text/xml;charset=UTF-8";
  std::string body = {};
  Way way = Way::whole;
  Millis step{200};      // of a slow answer, between its pieces
  bool at_once = false;  // without the latency
};

class HttpServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpQuestion&)>;  // runs on the server's thread

  // `port` 0: any that is free. Every answer leaves `latency` after its question came.
  HttpServer(Handler handler, Millis latency, uint16_t port = 0);
  ~HttpServer();

  uint16_t port() const;
  std::string url() const;
  uint64_t bytes_sent() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::scripted
