// One call to AWS: paced, signed, sent, retried, parsed. And the pages of a list.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/pacer.h"
#include "aws/page_slots.h"
#include "aws/protocol/protocol.h"

namespace cadastre::aws {

// Who calls, and where. Cheap to copy.
struct Session {
  std::string account;  // 12 digits: for pacing and messages
  CredentialsPtr credentials;
};

struct Call {
  const Service* service = nullptr;
  const Operation* operation = nullptr;
  std::string region;  // the region to ask; a global service's endpoint is found from it
  json::object input;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct ClientOptions {
  int max_attempts = 5;  // of one call (AWS_MAX_ATTEMPTS)
  Millis attempt_timeout{60'000};
  Millis backoff_base{200}, backoff_cap{20'000};  // full jitter: uniform in [0, min(cap, base · 2^n)]
  size_t pages_at_once = std::max(2u, std::thread::hardware_concurrency());  // parsed and worked on: see PageSlots
  std::string endpoint_url;                                                  // AWS_ENDPOINT_URL: for every service
  std::function<std::string(std::string_view service_id)> endpoint_url_of;   // AWS_ENDPOINT_URL_<SERVICE>; "" : none
};

// Why a call failed, beyond Error: what AWS said, so that a caller can tell "none here" from "not allowed".
struct CallError {
  Error error;           // outward sentence, already naming service and operation
  ServiceError service;  // code "" when AWS said nothing
  bool by_scp = false;   // a deny by an organization's service control policy
  int attempts = 1;
};

template <typename T>
using CallResult = std::expected<T, CallError>;

struct ClientCounts {
  uint64_t calls = 0, attempts = 0, throttles = 0, retries = 0, bytes = 0;
};

// Thread-safe; blocks the calling thread. Error codes: denied, throttled (after every retry), expired, region_off,
// unsupported, timeout, cancelled, network, malformed, failed. Throttles, 5xx, resets and cut bodies are retried inside
// max_attempts and the deadline; denies never; expired credentials are renewed once.
class Client {
 public:
  Client(HttpTransport& http, const Endpoints& endpoints, Pacer& pacer, Clock& clock, ClientOptions options = {});
  ~Client();

  CallResult<json::value> call(const Session& session, const Call& call, std::stop_token stop,
                               json::storage_ptr storage = {});

  // As call(), but the answer as it came: of an operation whose answer is data, not a document. Its status is below
  // 300.
  CallResult<HttpResponse> fetch(const Session& session, const Call& call, std::stop_token stop);

  // Calls page after page until AWS says there is no more. The page's storage is freed after `page` returns, unless the
  // value is copied. `page` returns false to stop early; while it waits for other calls it holds a PageSlots::Pause.
  // Errors: as call(); malformed when a token comes twice.
  CallResult<void> pages(const Session& session, Call call, std::stop_token stop,
                         const std::function<bool(json::value& page)>& page);

  ClientCounts counts() const;
  std::map<std::string, ClientCounts> counts_by_service() const;  // calls and throttles of each, no more

 private:
  CallResult<json::value> call(const Session& session, const Call& call, std::stop_token stop, PageSlots::Lease& lease);
  PageSlots& slots();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::aws
