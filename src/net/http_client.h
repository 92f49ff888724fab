// HTTP/1.1 requests over libcurl's multi interface: one pool of kept-alive connections for the whole program.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cadastre {

struct HttpHeader {
  std::string name, value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};  // absolute, already percent-encoded; sent exactly as it is
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  Millis connect_timeout{5'000};
  Millis timeout{60'000};  // of the whole exchange
  bool fresh = false;      // on a new connection: when one that was kept turns out dead, libcurl sends again by itself
  bool direct = false;     // past any proxy: for link-local peers such as the instance metadata service
  size_t max_body = size_t{512} << 20;  // bytes; a larger answer is an error, never a short one
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // as received, in order
  std::string body;
  const std::string* header(std::string_view name) const;  // case-insensitive; nullptr when absent
};

// Sends a request and waits for the whole answer. Thread-safe. A redirect is an answer, not followed.
// Errors: network (refused, reset, TLS, body cut short of its Content-Length), timeout, cancelled (stop was requested),
// malformed (larger than max_body, not HTTP).
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) = 0;
};

struct HttpClientOptions {
  std::string ca_bundle = {};  // PEM file; empty: the system's
  std::string proxy = {};      // for https URLs; empty: what HTTPS_PROXY (http_proxy for http URLs) and NO_PROXY say
  std::string user_agent = "cadastre";
  int io_threads = 1;
  int max_connections_per_host = 64;
};

// The real transport. Each I/O thread drives one curl multi handle; callers block. No caller may be inside send() when
// it is destroyed.
class HttpClient final : public HttpTransport {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  ~HttpClient() override;
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

 private:
  std::unique_ptr<class CurlShare> share_;
  std::vector<std::unique_ptr<class CurlLoop>> loops_;
  std::atomic<size_t> next_{0};
};

}  // namespace cadastre
