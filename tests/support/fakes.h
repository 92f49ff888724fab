// A clock whose hands a test turns, and a transport that answers in memory. Header-only, for tests.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "base/time.h"
#include "net/http_client.h"

namespace cadastre::testing {

// Starts at 2026-01-02T03:04:05Z. Wall clock and steady clock move together, when advance() says so.
class FakeClock final : public Clock {
 public:
  Time now() override { return Time(Millis(1'767'323'045'000)) + Millis(passed_.load()); }
  std::chrono::steady_clock::time_point steady() override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + Millis(passed_.load());
  }
  void advance(Millis time) { passed_ += time.count(); }

 private:
  std::atomic<int64_t> passed_ = 0;
};

// Answers each request with what the handler returns, and keeps the requests. Thread-safe if the handler is.
class FakeHttp final : public HttpTransport {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit FakeHttp(Handler handler) : handler_(std::move(handler)) {}

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled");
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    return handler_(request);
  }
  std::vector<HttpRequest> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  Handler handler_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
};

// The value of a request's header; "" when it has none.
inline std::string header_of(const HttpRequest& request, std::string_view name) {
  HttpResponse response;
  response.headers = request.headers;
  const auto* value = response.header(name);
  return value ? *value : "";
}

}  // namespace cadastre::testing
