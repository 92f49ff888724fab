// How soon the next attempt to sign in may be made. Thread-safe; memory is bounded.
//
// Delays grow per (name, address), so that a password cannot be tried out, and, later and less, per address, so that
// many names cannot be either. Nothing is counted against a name alone: whoever knows a name could lock its owner out.
// Addresses of IPv6 count by their /64, which is what one customer gets.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace cadastre::auth {

class Attempts {
 public:
  explicit Attempts(Clock& clock, size_t remembered = 20'000);
  ~Attempts();

  // Before the password is looked at: counts the attempt as failed, so that many at once gain nothing.
  // Errors: throttled; the sentence and, alone, the cause say how many seconds to wait.
  Result<void> begin(std::string_view name, std::string_view address);
  // The attempt was a success after all.
  void succeeded(std::string_view name, std::string_view address);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The part of an address that counts: IPv4 whole, of IPv6 the first 64 bits.
std::string client_of(std::string_view address);

}  // namespace cadastre::auth
