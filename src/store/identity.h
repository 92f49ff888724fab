// Who may come in: users, sessions, API tokens, one-time links. Every write is on the disk before it is acknowledged
// (in a power cut too).
//
// Secrets are never stored: of passwords the argon2id text, of session, token and link secrets the SHA-256 (lower-case
// hex), by which they are looked up. Thread-safe. Errors: io, full; invalid for a name that is taken; not_found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cadastre::store {

struct User {
  int64_t id = 0;
  std::string name;                   // unique, compared without regard to case
  std::string password;               // argon2id text; "" when the user signs in elsewhere
  std::string provider, subject;      // OIDC issuer and subject; "" for a local user
  std::string role;                   // viewer, operator, admin
  std::vector<std::string> accounts;  // ids the user is narrowed to; empty: all
  bool narrowed = false;              // true: `accounts` counts, even when it is empty (sees nothing)
  bool disabled = false;
  Time created{};
  std::optional<Time> signed_in;
};

struct Session {
  std::string hash;  // of the secret in the cookie
  int64_t user = 0;
  std::string csrf;                   // what a changing request must carry
  Time created{}, used{}, expires{};  // expires: absolute
  std::string address, agent;         // where it was opened from
  std::string refresh;                // OIDC refresh token, sealed with a key of the store; "" when local
  std::optional<Time> confirmed;      // when the provider last confirmed the user's groups
};

struct Token {
  int64_t id = 0;
  int64_t user = 0;  // whose: never more than its owner may
  std::string name, hash;
  std::vector<std::string> scopes;    // read, collect, admin, metrics
  std::vector<std::string> accounts;  // narrower than the owner's; see User
  bool narrowed = false;
  Time created{};
  std::optional<Time> expires, used;
  std::string used_from;
};

class Identity {
 public:
  virtual ~Identity() = default;

  virtual Result<std::vector<User>> users() = 0;  // by name
  virtual Result<std::optional<User>> user(int64_t id) = 0;
  virtual Result<std::optional<User>> user_named(std::string_view name) = 0;
  virtual Result<std::optional<User>> user_of(std::string_view provider, std::string_view subject) = 0;
  virtual Result<int64_t> add_user(const User& user) = 0;
  virtual Result<void> update_user(const User& user) = 0;  // all fields, by id
  // Notes when a user signed in, and nothing else, so that no change that somebody else makes meanwhile is undone.
  // False, and nothing is written, when the user is disabled or not there.
  virtual Result<bool> signed_in(int64_t id, Time now) = 0;
  virtual Result<void> remove_user(int64_t id) = 0;  // with sessions and tokens, at once

  virtual Result<void> add_session(const Session& session) = 0;
  virtual Result<std::optional<Session>> session(std::string_view hash) = 0;
  virtual Result<void> update_session(const Session& session) = 0;  // used, expires, refresh, confirmed
  virtual Result<void> remove_session(std::string_view hash) = 0;
  virtual Result<void> remove_sessions(int64_t user, std::string_view but = {}) = 0;  // all of a user's, except one
  virtual Result<std::vector<Session>> sessions(int64_t user) = 0;

  virtual Result<int64_t> add_token(const Token& token) = 0;
  virtual Result<std::optional<Token>> token(std::string_view hash) = 0;
  virtual Result<void> use_token(int64_t id, Time now, std::string_view from) = 0;
  virtual Result<std::vector<Token>> tokens(std::optional<int64_t> user) = 0;  // nullopt: everybody's
  virtual Result<void> remove_token(int64_t id) = 0;

  // A link that lets somebody do one thing once ("first-admin"). Taking one is atomic: of two takers one gets it.
  virtual Result<void> add_link(std::string_view hash, std::string_view purpose, Time expires) = 0;
  virtual Result<std::optional<std::string>> take_link(std::string_view hash, Time now) = 0;

  // Sessions, tokens and links that are past their time.
  virtual Result<void> forget_expired(Time now) = 0;
};

}  // namespace cadastre::store
