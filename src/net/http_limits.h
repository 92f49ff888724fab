// How much one client may ask for: requests a second, and connections. Clients are told apart by address; an IPv6
// client is its /64, since a single machine has that many addresses.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cadastre {

// What limits call a client.
std::string client_key(std::string_view address);

// A token bucket for each client. Instants are passed in. Thread-safe. Memory: a bucket that is full again is
// forgotten.
class RateLimit {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  RateLimit(double per_second, double burst);  // per_second 0: no limit

  // 0: go on. Else the seconds after which a request will pass again.
  int take(const std::string& client, Instant now);
  size_t clients() const;

 private:
  struct Bucket {
    double tokens;
    Instant filled;
  };
  void forget_full(Instant now);
  double filled(const Bucket& bucket, Instant now) const;

  const double per_second_, burst_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  size_t forget_at_ = 1024;
};

// Open connections, of each client and in all. Thread-safe.
class ConnectionLimit {
 public:
  ConnectionLimit(size_t in_all, size_t of_one);
  bool enter(const std::string& client, bool unlimited);  // unlimited: a trusted proxy, which is many clients
  void leave(const std::string& client);                  // once for each enter that was true

 private:
  const size_t in_all_, of_one_;
  std::mutex mutex_;
  size_t open_ = 0;
  std::unordered_map<std::string, size_t> clients_;
};

}  // namespace cadastre
