// The arithmetic of one bucket: how many calls may be made, and when. No clock and no lock of its own: instants are
// passed in, so that tests make them up. Not thread-safe.
#pragma once

#include <chrono>

namespace cadastre::aws {

class TokenBucket {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // Starts full. At least one call fits, whatever `burst` says.
  TokenBucket(double per_second, double burst, Instant now);

  // Takes one token when there is one.
  bool take(Instant now);
  // When a token will be there for a caller who has `ahead` others before it, at the present rate.
  Instant ready(Instant now, size_t ahead = 0);

  // The peer said slow down: half the rate, no tokens. Calls in flight together are refused together, so what comes
  // within a second of a halving does not halve again.
  void throttled(Instant now);
  // A call went well: a twentieth of the full rate is regained for each second in which this is heard.
  void succeeded(Instant now);

  double rate() const { return rate_; }  // calls per second, at present

 private:
  void refill(Instant now);

  double full_rate_, capacity_, rate_, tokens_;
  Instant refilled_, grown_, halved_;
};

}  // namespace cadastre::aws
