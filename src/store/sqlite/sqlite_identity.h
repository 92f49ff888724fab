// Users, sessions, tokens and links over SQLite, through the connection whose commits are on the disk.
#pragma once

#include "store/identity.h"
#include "store/sqlite/store_file.h"

namespace cadastre::store {

class SqliteIdentity final : public Identity {
 public:
  explicit SqliteIdentity(StoreFile& file) : file_(file) {}

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

 private:
  StoreFile& file_;
};

// Errors: not_found, naming the number. `connection` is that of a transaction that needs the user to be there.
Result<void> user_exists(Connection& connection, int64_t user);

}  // namespace cadastre::store
