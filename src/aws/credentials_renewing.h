// A source whose credentials are fetched, kept, and fetched again before they expire. Inside aws/ only.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "aws/credentials.h"

namespace cadastre::aws {

// Thread-safe. One fetch at a time: who finds one under way takes the present credentials while they are valid, and
// otherwise waits for its result. A fetch ahead of expiry that fails is tried again later, as long as the present
// credentials last. A failure is remembered for a few seconds, so that a thousand calls do not ask a thousand times.
class RenewingSource final : public CredentialSource {
 public:
  using Fetch = std::function<Result<Credentials>(std::stop_token)>;
  // `clock` must outlive it.
  RenewingSource(Clock& clock, std::string description, Fetch fetch);

  Result<Credentials> get(std::stop_token stop) override;
  void reject(const Credentials& credentials) override;
  std::string describe() const override { return description_; }

 private:
  bool valid(Time now) const;  // may be handed out
  bool due(Time now) const;    // should be renewed
  void keep(Result<Credentials> fetched);

  Clock& clock_;
  const std::string description_;
  const Fetch fetch_;

  std::mutex mutex_;
  std::condition_variable_any fetched_;
  bool fetching_ = false;
  bool rejected_ = false;  // AWS refused the present ones
  std::optional<Credentials> present_;
  Time renew_at_{};  // ahead of expiry
  std::optional<Error> failure_;
  Time failure_until_{};
};

}  // namespace cadastre::aws
