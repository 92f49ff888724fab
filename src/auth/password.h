// Passwords: which are good enough, and the argon2id text that is stored in their place (RFC 9106). Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cadastre::auth {

// At least 12 characters, not the name, not one of those that everybody tries first. No rules of composition: length is
// what counts. Errors: invalid, saying what is amiss.
Result<void> check_password(std::string_view password, std::string_view name);

// Twenty characters without look-alikes: 117 bits, for --generate.
std::string generate_password();

// What one hash costs. The text that is stored names its own, so that the parameters may grow.
struct HashCost {
  uint32_t memory_kib = 19'456, passes = 2, lanes = 1;
  bool operator==(const HashCost&) const = default;
};

// For commands and administrators, who do not come in floods. Errors: internal (no memory).
Result<std::string> hash_password(std::string_view password, const HashCost& cost = {});

// A hash takes 19 MiB and some 30 ms, so that only a few are made at once and only a few more wait: a flood of sign-ins
// takes neither the memory nor the threads.
class PasswordHasher {
 public:
  explicit PasswordHasher(HashCost cost = {}, size_t at_once = 2, size_t waiting = 8);
  ~PasswordHasher();

  // "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH". Errors: throttled (too many wait; the cause is the seconds to wait),
  // internal (no memory).
  Result<std::string> hash(std::string_view password);
  // `stored` empty (nobody of that name, or somebody who signs in elsewhere): false, after as long as any other.
  Result<bool> verify(std::string_view password, std::string_view stored);
  // Made with parameters other than today's: to be hashed anew when the password is at hand.
  bool outdated(std::string_view stored) const;

 private:
  struct Gate;
  const HashCost cost_;
  const std::string nobody_;  // the hash of what no one knows
  std::unique_ptr<Gate> gate_;
};

}  // namespace cadastre::auth
