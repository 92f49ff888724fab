// What the parts of Auth share. Internal to auth.
#pragma once

#include <string>

#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/password.h"
#include "auth/sessions.h"

namespace cadastre::auth {

struct Auth::State {
  store::Store& store;
  Clock& clock;
  const std::string public_url;
  PasswordHasher hasher;
  Attempts attempts;
  Sessions sessions;
  OnceAMinute token_uses;

  State(store::Store& store_of, const SignInConfig& config, Clock& clock_of, std::string url)
      : store(store_of),
        clock(clock_of),
        public_url(std::move(url)),
        attempts(clock_of),
        sessions(store_of, config, clock_of) {}

  Result<Principal> by_session(const ServerRequest& request, const std::string& secret);
  Result<Principal> by_token(const ServerRequest& request, std::string_view secret);
  // A provider's user's tokens live by one of the user's sessions, which says whether the provider still vouches.
  Result<bool> vouched(store::User& user);
  Result<void> use(const store::Token& token, const Principal& principal, const ServerRequest& request);

  // The last step of every way in.
  Result<SignedIn> let_in(const store::User& user, const std::string& refresh, const ServerRequest& request,
                          std::string how);
  Result<store::User> user_of(const Vouched& who);
  Result<void> audit(const ServerRequest& request, std::string actor, std::string action, std::string detail);
};

}  // namespace cadastre::auth
