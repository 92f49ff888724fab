// Users, sessions, tokens and links over MongoDB.
//
// A user goes in one step: its own row. What belonged to it counts no more from that moment on, since a session or a
// token is only found with its user; the rows are cleared away afterwards, or at the next opening.
#pragma once

#include "store/identity.h"
#include "store/mongo/database.h"

namespace cadastre::store::mongo {

class MongoIdentity final : public Identity {
 public:
  explicit MongoIdentity(Database& database) : database_(database) {}

  Result<std::vector<User>> users() override;
  Result<std::optional<User>> user(int64_t id) override;
  Result<std::optional<User>> user_named(std::string_view name) override;
  Result<std::optional<User>> user_of(std::string_view provider, std::string_view subject) override;
  Result<int64_t> add_user(const User& user) override;
  Result<void> update_user(const User& user) override;
  Result<bool> signed_in(int64_t id, Time now) override;
  Result<void> remove_user(int64_t id) override;

  Result<void> add_session(const Session& session) override;
  Result<std::optional<Session>> session(std::string_view hash) override;
  Result<void> update_session(const Session& session) override;
  Result<void> remove_session(std::string_view hash) override;
  Result<void> remove_sessions(int64_t user, std::string_view but) override;
  Result<std::vector<Session>> sessions(int64_t user) override;

  Result<int64_t> add_token(const Token& token) override;
  Result<std::optional<Token>> token(std::string_view hash) override;
  Result<void> use_token(int64_t id, Time now, std::string_view from) override;
  Result<std::vector<Token>> tokens(std::optional<int64_t> user) override;
  Result<void> remove_token(int64_t id) override;

  Result<void> add_link(std::string_view hash, std::string_view purpose, Time expires) override;
  Result<std::optional<std::string>> take_link(std::string_view hash, Time now) override;

  Result<void> forget_expired(Time now) override;

  // Clears away what belonged to users that are gone.
  Result<void> sweep();

 private:
  Result<std::optional<User>> one_user(Document filter);
  Result<void> nobody_else_has(const User& user);

  Database& database_;
};

// The numbers of all users. What belongs to no one of them is as good as gone.
Result<std::set<int64_t>> user_ids(Database& database);
// Errors: not_found, naming the number.
Result<void> user_exists(Database& database, int64_t user);

}  // namespace cadastre::store::mongo
