// Token buckets that keep us polite: one per (account, region, service, action), at half of AWS's published figure by
// default, halved when AWS throttles and grown back slowly. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace cadastre::aws {

struct Rate {
  double per_second = 5;
  double burst = 10;
};

struct PaceKey {
  std::string account, region, service, operation;
};

class Pacer {
 public:
  // `rate_of`: AWS's figure for an action; the pacer takes `share` of it (0.5 by default; 0 switches pacing off).
  Pacer(Clock& clock, std::function<Rate(std::string_view service, std::string_view operation)> rate_of,
        double share = 0.5);
  ~Pacer();

  // Waits until one call may be made. Errors: cancelled, timeout (the deadline comes before the turn).
  Result<void> acquire(const PaceKey& key, std::chrono::steady_clock::time_point deadline, std::stop_token stop);
  void throttled(const PaceKey& key);  // AWS said slow down: halve the rate
  void succeeded(const PaceKey& key);  // grow it back

  struct Counts {
    uint64_t calls = 0, waits = 0, throttles = 0;
  };
  Counts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::aws
