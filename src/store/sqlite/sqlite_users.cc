// Users, and what goes with one.
#include "base/json.h"
#include "store/sqlite/sqlite_identity.h"
#include "store/sqlite/texts.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kUser =
    "SELECT id, name, password, provider, subject, role, accounts, narrowed, disabled, created, signed_in FROM user ";

User read_user(const Statement& row) {
  return {row.integer(0),     row.text(1),         row.text(2),         row.text(3), row.text(4),          row.text(5),
          read_texts(row, 6), row.integer(7) != 0, row.integer(8) != 0, row.time(9), row.optional_time(10)};
}

Result<std::optional<User>> one_user(Statement& select) {
  TRY_ASSIGN(bool found, select.step());
  if (!found) return std::nullopt;
  return read_user(select);
}

// What must be nobody else's. Errors: invalid.
Result<void> nobody_else_has(Connection& connection, const User& user) {
  TRY_ASSIGN(auto name, connection.prepare("SELECT 1 FROM user WHERE name = ? AND id <> ?"));
  TRY_ASSIGN(bool taken, name.bind(user.name).bind(user.id).step());
  if (taken) return fail(ErrorCode::invalid, fmt::format("the user name '{}' is taken; choose another", user.name));
  if (user.provider.empty()) return {};
  TRY_ASSIGN(
      auto subject,
      connection.prepare("SELECT name FROM user WHERE provider = ? AND provider <> '' AND subject = ? AND id <> ?"));
  TRY_ASSIGN(bool known, subject.bind(user.provider).bind(user.subject).bind(user.id).step());
  if (!known) return {};
  return fail(ErrorCode::invalid, fmt::format("the user '{}' signs in at {} under the same subject already",
                                              subject.text(0), user.provider));
}

void bind_user(Statement& statement, const User& user) {
  statement.bind(user.name).bind(user.password).bind(user.provider).bind(user.subject).bind(user.role);
  bind_texts(statement, user.accounts)
      .bind(static_cast<int64_t>(user.narrowed))
      .bind(static_cast<int64_t>(user.disabled))
      .bind(user.created)
      .bind(user.signed_in);
}

}  // namespace

Result<void> user_exists(Connection& connection, int64_t user) {
  TRY_ASSIGN(auto select, connection.prepare("SELECT 1 FROM user WHERE id = ?"));
  TRY_ASSIGN(bool found, select.bind(user).step());
  if (!found) return fail(ErrorCode::not_found, fmt::format("there is no user {}", user));
  return {};
}

Result<std::vector<User>> SqliteIdentity::users() {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kUser) + "ORDER BY name"));
  std::vector<User> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back(read_user(select));
  }
}

Result<std::optional<User>> SqliteIdentity::user(int64_t id) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kUser) + "WHERE id = ?"));
  return one_user(select.bind(id));
}

Result<std::optional<User>> SqliteIdentity::user_named(std::string_view name) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kUser) + "WHERE name = ?"));
  return one_user(select.bind(name));
}

Result<std::optional<User>> SqliteIdentity::user_of(std::string_view provider, std::string_view subject) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select,
             reader->prepare(std::string(kUser) + "WHERE provider = ? AND provider <> '' AND subject = ?"));
  return one_user(select.bind(provider).bind(subject));
}

Result<int64_t> SqliteIdentity::add_user(const User& user) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  auto made = user;
  made.id = 0;  // the store numbers them
  TRY(nobody_else_has(*file_.durable, made));
  TRY_ASSIGN(auto insert, file_.durable->prepare("INSERT INTO user (name, password, provider, subject, role, accounts, "
                                                 "narrowed, disabled, created, signed_in) "
                                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  bind_user(insert, made);
  TRY(insert.run());
  made.id = file_.durable->last_insert();
  TRY(transaction.commit());
  return made.id;
}

Result<void> SqliteIdentity::update_user(const User& user) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  TRY(user_exists(*file_.durable, user.id));
  TRY(nobody_else_has(*file_.durable, user));
  TRY_ASSIGN(auto update, file_.durable->prepare("UPDATE user SET name = ?, password = ?, provider = ?, subject = ?, "
                                                 "role = ?, accounts = ?, narrowed = ?, disabled = ?, created = ?, "
                                                 "signed_in = ? WHERE id = ?"));
  bind_user(update, user);
  TRY(update.bind(user.id).run());
  return transaction.commit();
}

Result<bool> SqliteIdentity::signed_in(int64_t id, Time now) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  TRY_ASSIGN(auto update, file_.durable->prepare("UPDATE user SET signed_in = ? WHERE id = ? AND disabled = 0"));
  TRY(update.bind(now).bind(id).run());
  bool noted = file_.durable->changes() > 0;
  TRY(transaction.commit());
  return noted;
}

Result<void> SqliteIdentity::remove_user(int64_t id) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  TRY(user_exists(*file_.durable, id));
  for (std::string_view what : {"DELETE FROM session WHERE user = ?", "DELETE FROM token WHERE user = ?",
                                "DELETE FROM saved_view WHERE user = ?", "DELETE FROM user WHERE id = ?"}) {
    TRY_ASSIGN(auto remove, file_.durable->prepare(what));
    TRY(remove.bind(id).run());
  }
  return transaction.commit();
}

}  // namespace cadastre::store
