// Sessions in the store: opened, noted as used, confirmed with the identity provider, ended. Internal to auth.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "auth/auth.h"

namespace cadastre::auth {

// After the provider last confirmed a user, so long may it be out of reach.
constexpr Millis kGrace = std::chrono::minutes(15);
// The label under which refresh tokens are sealed.
constexpr std::string_view kRefreshLabel = "cadastre refresh token";

// Lets one through a minute for each key, so that noting a use costs nothing. Memory is bounded.
class OnceAMinute {
 public:
  bool claim(std::string_view key, std::chrono::steady_clock::time_point now);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> last_;
};

class Sessions {
 public:
  Sessions(store::Store& store, const SignInConfig& config, Clock& clock)
      : store_(store), config_(config), clock_(clock) {}

  // `refresh` is given open and kept sealed.
  Result<SignedIn> open(const store::User& user, const std::string& refresh, const ServerRequest& request);
  // The session of a secret, unless it is past one of its times; then it is removed.
  Result<std::optional<store::Session>> find(const std::string& hash);
  // Notes the use, once a minute.
  Result<void> used(const store::Session& session);

  // For users of the provider: whether it still vouches for them, asked every `recheck` at most. `user` becomes what it
  // says. False: the session is over, and has been ended.
  Result<bool> confirmed(const store::Session& session, store::User& user);
  void confirm_with(Auth::Confirm confirm);

  // Ends a session. When tokens hang on the provider's word for this user, the row stays under a name that no cookie
  // opens, so that the provider can still be asked.
  Result<void> end(const store::User& user, const std::string& hash);

  Millis recheck() const { return config_.oidc ? config_.oidc->recheck : Millis(std::chrono::minutes(5)); }

 private:
  Result<std::optional<store::Session>> edit(const std::string& hash,
                                             const std::function<void(store::Session&)>& change);
  Result<bool> ask(store::Session session, store::User& user, Auth::Confirm confirm);
  Result<std::string> sealed(const std::string& refresh, const std::string& hash);
  Result<bool> over(const store::User& user, const store::Session& session, bool all, std::string why);

  store::Store& store_;
  const SignInConfig config_;
  Clock& clock_;
  OnceAMinute uses_;
  std::mutex writes_;  // a session is read, changed and written under it

  std::mutex mutex_;
  std::condition_variable answered_;
  Auth::Confirm confirm_;
  std::unordered_set<std::string> asking_;  // hashes of sessions about which the provider is being asked
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> ask_again_;  // after a failure: not before
};

}  // namespace cadastre::auth
