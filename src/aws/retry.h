// How often and how long after a failure a call is made again. Inside aws/ only.
#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>

#include "aws/client.h"

namespace cadastre::aws {

// Full jitter: `random` (in [0, 1)) of min(cap, base · 2^(attempt-1)), but at least what the peer asked for, up to the
// cap.
Millis backoff(const ClientOptions& options, int attempt, double random, std::optional<Millis> asked);

// The Retry-After header: seconds, or a date.
std::optional<Millis> retry_after(const HttpResponse& response, Time now);

// Waits; false when asked to stop.
bool pause(Millis time, std::stop_token stop);

// Keeps a service that is down from being called over and over: each retry takes from a budget that only success fills
// again. As in the AWS SDKs: 500 units, a retry costs 5, after a timeout 10, a success gives back what its retry cost,
// or 1. One budget for each account, region and service, so that one account's trouble is not another's. Thread-safe.
class RetryBudget {
 public:
  static constexpr int kFull = 500, kRetry = 5, kRetryAfterTimeout = 10, kSuccess = 1;

  // False when there is not enough left.
  bool take(const std::string& key, int cost);
  void give_back(const std::string& key, int units);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, int> left_;  // only those that are not full
};

}  // namespace cadastre::aws
