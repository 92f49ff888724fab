// Sessions, tokens and links: secrets that are looked up by their hashes.
#include "store/sqlite/sqlite_identity.h"
#include "store/sqlite/texts.h"

namespace cadastre::store {
namespace {

constexpr std::string_view kSession =
    "SELECT hash, user, csrf, created, used, expires, address, agent, refresh, confirmed FROM session ";
constexpr std::string_view kToken =
    "SELECT id, user, name, hash, scopes, accounts, narrowed, created, expires, used, used_from FROM token ";

Session read_session(const Statement& row) {
  return {row.text(0), row.integer(1), row.text(2), row.time(3), row.time(4),
          row.time(5), row.text(6),    row.text(7), row.text(8), row.optional_time(9)};
}

Token read_token(const Statement& row) {
  return {row.integer(0),       row.integer(1),       row.text(2),         row.text(3),
          read_texts(row, 4),   read_texts(row, 5),   row.integer(6) != 0, row.time(7),
          row.optional_time(8), row.optional_time(9), row.text(10)};
}

}  // namespace

Result<void> SqliteIdentity::add_session(const Session& session) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  TRY(user_exists(*file_.durable, session.user));
  TRY_ASSIGN(auto insert,
             file_.durable->prepare("INSERT INTO session (hash, user, csrf, created, used, expires, address, agent, "
                                    "refresh, confirmed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(session.hash).bind(session.user).bind(session.csrf).bind(session.created).bind(session.used);
  insert.bind(session.expires).bind(session.address).bind(session.agent).bind(session.refresh).bind(session.confirmed);
  TRY(insert.run());
  return transaction.commit();
}

Result<std::optional<Session>> SqliteIdentity::session(std::string_view hash) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kSession) + "WHERE hash = ?"));
  TRY_ASSIGN(bool found, select.bind(hash).step());
  if (!found) return std::nullopt;
  return read_session(select);
}

Result<void> SqliteIdentity::update_session(const Session& session) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto update, file_.durable->prepare(
                              "UPDATE session SET used = ?, expires = ?, refresh = ?, confirmed = ? WHERE hash = ?"));
  update.bind(session.used).bind(session.expires).bind(session.refresh).bind(session.confirmed).bind(session.hash);
  TRY(update.run());
  if (file_.durable->changes() == 0) return fail(ErrorCode::not_found, "the session has ended; sign in again");
  return {};
}

Result<void> SqliteIdentity::remove_session(std::string_view hash) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto remove, file_.durable->prepare("DELETE FROM session WHERE hash = ?"));
  return remove.bind(hash).run();
}

Result<void> SqliteIdentity::remove_sessions(int64_t user, std::string_view but) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto remove, file_.durable->prepare("DELETE FROM session WHERE user = ? AND hash <> ?"));
  return remove.bind(user).bind(but).run();
}

Result<std::vector<Session>> SqliteIdentity::sessions(int64_t user) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kSession) + "WHERE user = ? ORDER BY created, hash"));
  select.bind(user);
  std::vector<Session> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back(read_session(select));
  }
}

Result<int64_t> SqliteIdentity::add_token(const Token& token) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  TRY(user_exists(*file_.durable, token.user));
  {
    TRY_ASSIGN(auto select, file_.durable->prepare("SELECT 1 FROM token WHERE user = ? AND name = ?"));
    TRY_ASSIGN(bool taken, select.bind(token.user).bind(token.name).step());
    if (taken) return fail(ErrorCode::invalid, fmt::format("the token name '{}' is taken; choose another", token.name));
  }
  TRY_ASSIGN(auto insert,
             file_.durable->prepare("INSERT INTO token (user, name, hash, scopes, accounts, narrowed, created, "
                                    "expires, used, used_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(token.user).bind(token.name).bind(token.hash);
  bind_texts(insert, token.scopes);
  bind_texts(insert, token.accounts).bind(static_cast<int64_t>(token.narrowed)).bind(token.created);
  TRY(insert.bind(token.expires).bind(token.used).bind(token.used_from).run());
  auto id = file_.durable->last_insert();
  TRY(transaction.commit());
  return id;
}

Result<std::optional<Token>> SqliteIdentity::token(std::string_view hash) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kToken) + "WHERE hash = ?"));
  TRY_ASSIGN(bool found, select.bind(hash).step());
  if (!found) return std::nullopt;
  return read_token(select);
}

Result<void> SqliteIdentity::use_token(int64_t id, Time now, std::string_view from) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto update, file_.durable->prepare("UPDATE token SET used = ?, used_from = ? WHERE id = ?"));
  TRY(update.bind(now).bind(from).bind(id).run());
  if (file_.durable->changes() == 0) return fail(ErrorCode::not_found, fmt::format("there is no token {}", id));
  return {};
}

Result<std::vector<Token>> SqliteIdentity::tokens(std::optional<int64_t> user) {
  TRY_ASSIGN(auto reader, file_.readers.take());
  TRY_ASSIGN(auto select, reader->prepare(std::string(kToken) + (user ? "WHERE user = ? ORDER BY id" : "ORDER BY id")));
  if (user) select.bind(*user);
  std::vector<Token> found;
  for (;;) {
    TRY_ASSIGN(bool row, select.step());
    if (!row) return found;
    found.push_back(read_token(select));
  }
}

Result<void> SqliteIdentity::remove_token(int64_t id) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto remove, file_.durable->prepare("DELETE FROM token WHERE id = ?"));
  TRY(remove.bind(id).run());
  if (file_.durable->changes() == 0) return fail(ErrorCode::not_found, fmt::format("there is no token {}", id));
  return {};
}

Result<void> SqliteIdentity::add_link(std::string_view hash, std::string_view purpose, Time expires) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto insert, file_.durable->prepare("INSERT INTO link (hash, purpose, expires) VALUES (?, ?, ?)"));
  return insert.bind(hash).bind(purpose).bind(expires).run();
}

// One statement, so that of two takers, of this process or of another, one finds nothing left to delete.
Result<std::optional<std::string>> SqliteIdentity::take_link(std::string_view hash, Time now) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto take, file_.durable->prepare("DELETE FROM link WHERE hash = ? AND expires > ? RETURNING purpose"));
  TRY_ASSIGN(bool found, take.bind(hash).bind(now).step());
  if (!found) return std::nullopt;
  auto purpose = take.text(0);
  TRY(take.run());  // to its end: that is where it commits
  return purpose;
}

Result<void> SqliteIdentity::forget_expired(Time now) {
  std::lock_guard lock(file_.writing);
  TRY_ASSIGN(auto any, file_.durable->prepare(
                           "SELECT EXISTS (SELECT 1 FROM session WHERE expires <= ?1) OR EXISTS (SELECT 1 FROM token "
                           "WHERE expires <= ?1) OR EXISTS (SELECT 1 FROM link WHERE expires <= ?1)"));
  {
    TRY(any.bind(now).step());
    bool nothing = any.integer(0) == 0;
    any.again();
    if (nothing) return {};  // and nothing is written
  }
  TRY_ASSIGN(auto transaction, Transaction::begin(*file_.durable));
  for (std::string_view what : {"DELETE FROM session WHERE expires <= ?", "DELETE FROM token WHERE expires <= ?",
                                "DELETE FROM link WHERE expires <= ?"}) {
    TRY_ASSIGN(auto remove, file_.durable->prepare(what));
    TRY(remove.bind(now).run());
  }
  return transaction.commit();
}

}  // namespace cadastre::store
