// The I/O thread behind HttpClient: one curl multi handle, driven by epoll. Inside net/ only.
#pragma once

#include <curl/curl.h>

#include <array>
#include <mutex>
#include <thread>
#include <vector>

#include "net/curl_easy.h"
#include "net/exchange.h"

namespace cadastre {

// What the I/O threads have in common: resolved names and TLS sessions. Connections stay with their thread, because
// libcurl does not share them safely. Thread-safe; must outlive every handle that uses it.
class CurlShare {
 public:
  CurlShare();
  ~CurlShare();
  CurlShare(const CurlShare&) = delete;
  CurlShare& operator=(const CurlShare&) = delete;
  CURLSH* get() const { return share_; }

 private:
  CURLSH* share_;
  std::array<std::mutex, CURL_LOCK_DATA_LAST> mutexes_;
};

// One thread, one multi handle, its connections and its pool of easy handles.
//
// libcurl's socket interface over epoll is used, not curl_multi_perform, because that one visits every transfer at
// every event: with two hundred in flight each answer would cost two hundred polls.
//
// start() and cancel() are thread-safe and return at once; everything else happens on the thread. The destructor ends
// every exchange as cancelled.
class CurlLoop {
 public:
  CurlLoop(const HttpClientOptions& options, CURLSH* share);
  ~CurlLoop();

  void start(ExchangePtr exchange);
  // Ends the exchange with `error` unless it has ended already.
  void cancel(ExchangePtr exchange, Error error);

 private:
  struct Cancellation {
    ExchangePtr exchange;
    Error error;
  };

  void run();
  void wake();
  bool take_messages();  // false: time to end
  void begin(ExchangePtr exchange);
  void end_finished();
  void end(CurlEasy& easy, std::optional<Error> error);
  int wait_time() const;

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known);
  static int on_timer(CURLM*, long milliseconds, void* self);

  HttpClientOptions options_;
  CURLSH* share_;
  CURLM* multi_;
  int epoll_ = -1, wakeup_ = -1;
  std::optional<std::chrono::steady_clock::time_point> timer_;  // when libcurl wants to be called

  std::vector<std::unique_ptr<CurlEasy>> handles_;  // every one ever made
  std::vector<CurlEasy*> idle_;

  std::mutex mutex_;  // guards what follows
  std::vector<ExchangePtr> starting_;
  std::vector<Cancellation> cancelling_;
  bool ending_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace cadastre
