// Sessions, tokens and links.
#include "store/mongo/mongo_identity.h"

namespace cadastre::store::mongo {
namespace {

const std::string kSessions = "session", kTokens = "token", kLinks = "link";

Document to_row(const Session& session) {
  return {{"_id", session.hash},           {"user", session.user},   {"csrf", session.csrf},
          {"created", session.created},    {"used", session.used},   {"expires", session.expires},
          {"address", session.address},    {"agent", session.agent}, {"refresh", session.refresh},
          {"confirmed", session.confirmed}};
}

Session read_session(const Document& row) {
  return {row.text("_id"),
          row.integer("user"),
          row.text("csrf"),
          row.time("created").value_or(Time()),
          row.time("used").value_or(Time()),
          row.time("expires").value_or(Time()),
          row.text("address"),
          row.text("agent"),
          row.text("refresh"),
          row.time("confirmed")};
}

Document to_row(const Token& token, int64_t id) {
  return {{"_id", id},
          {"user", token.user},
          {"name", token.name},
          {"hash", token.hash},
          {"scopes", array_of(token.scopes)},
          {"accounts", array_of(token.accounts)},
          {"narrowed", token.narrowed},
          {"created", token.created},
          {"expires", token.expires},
          {"used", token.used},
          {"used_from", token.used_from}};
}

Token read_token(const Document& row) {
  return {row.integer("_id"),  row.integer("user"),   row.text("name"),        row.text("hash"),
          row.texts("scopes"), row.texts("accounts"), row.boolean("narrowed"), row.time("created").value_or(Time()),
          row.time("expires"), row.time("used"),      row.text("used_from")};
}

}  // namespace

Result<void> MongoIdentity::add_session(const Session& session) {
  TRY(user_exists(database_, session.user));
  TRY_ASSIGN(bool free, database_.insert(kSessions, to_row(session)));
  if (!free) return fail(ErrorCode::invalid, "there is a session of this secret already; sign in again");
  return {};
}

Result<std::optional<Session>> MongoIdentity::session(std::string_view hash) {
  TRY_ASSIGN(auto row, database_.one({.collection = kSessions, .filter = {{"_id", hash}}}));
  if (!row) return std::nullopt;
  TRY_ASSIGN(auto owner, user(row->integer("user")));
  if (!owner) return std::nullopt;
  return read_session(*row);
}

Result<void> MongoIdentity::update_session(const Session& session) {
  TRY_ASSIGN(auto done,
             database_.update(kSessions, {.filter = {{"_id", session.hash}},
                                          .change = {{"$set", Document{{"used", session.used},
                                                                       {"expires", session.expires},
                                                                       {"refresh", session.refresh},
                                                                       {"confirmed", session.confirmed}}}}}));
  if (done.matched == 0) return fail(ErrorCode::not_found, "the session has ended; sign in again");
  return {};
}

Result<void> MongoIdentity::remove_session(std::string_view hash) {
  TRY(database_.remove(kSessions, {{"_id", hash}}));
  return {};
}

Result<void> MongoIdentity::remove_sessions(int64_t user, std::string_view but) {
  TRY(database_.remove(kSessions, {{"user", user}, {"_id", Document{{"$ne", but}}}}));
  return {};
}

Result<std::vector<Session>> MongoIdentity::sessions(int64_t user) {
  std::vector<Session> found;
  TRY_ASSIGN(auto owner, this->user(user));
  if (!owner) return found;
  TRY(database_.find({.collection = kSessions, .filter = {{"user", user}}, .order = {{"created", 1}, {"_id", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       found.push_back(read_session(row));
                       return true;
                     }));
  return found;
}

Result<int64_t> MongoIdentity::add_token(const Token& token) {
  TRY(user_exists(database_, token.user));
  TRY_ASSIGN(auto id, database_.number("token"));
  TRY_ASSIGN(bool free, database_.insert(kTokens, to_row(token, id)));
  if (!free) return fail(ErrorCode::invalid, fmt::format("the token name '{}' is taken; choose another", token.name));
  return id;
}

Result<std::optional<Token>> MongoIdentity::token(std::string_view hash) {
  TRY_ASSIGN(auto row, database_.one({.collection = kTokens, .filter = {{"hash", hash}}}));
  if (!row) return std::nullopt;
  TRY_ASSIGN(auto owner, user(row->integer("user")));
  if (!owner) return std::nullopt;
  return read_token(*row);
}

Result<void> MongoIdentity::use_token(int64_t id, Time now, std::string_view from) {
  TRY_ASSIGN(auto done,
             database_.update(kTokens, {.filter = {{"_id", id}},
                                        .change = {{"$set", Document{{"used", now}, {"used_from", from}}}}}));
  if (done.matched == 0) return fail(ErrorCode::not_found, fmt::format("there is no token {}", id));
  return {};
}

Result<std::vector<Token>> MongoIdentity::tokens(std::optional<int64_t> user) {
  std::vector<Token> found;
  TRY_ASSIGN(auto users, user_ids(database_));
  Find what{.collection = kTokens, .order = {{"_id", 1}}};
  if (user) what.filter.add("user", *user);
  TRY(database_.find(what, [&](Document&& row) -> Result<bool> {
    if (users.contains(row.integer("user"))) found.push_back(read_token(row));
    return true;
  }));
  return found;
}

Result<void> MongoIdentity::remove_token(int64_t id) {
  TRY_ASSIGN(auto gone, database_.remove(kTokens, {{"_id", id}}));
  if (gone == 0) return fail(ErrorCode::not_found, fmt::format("there is no token {}", id));
  return {};
}

Result<void> MongoIdentity::add_link(std::string_view hash, std::string_view purpose, Time expires) {
  TRY_ASSIGN(bool free, database_.insert(kLinks, Document{{"_id", hash}, {"purpose", purpose}, {"expires", expires}}));
  if (!free) return fail(ErrorCode::invalid, "there is a link of this secret already; make another");
  return {};
}

// One command, so that of two takers, of this process or of another, one finds nothing left to take.
Result<std::optional<std::string>> MongoIdentity::take_link(std::string_view hash, Time now) {
  TRY_ASSIGN(auto row, database_.take(kLinks, {{"_id", hash}, {"expires", Document{{"$gt", now}}}}));
  if (!row) return std::nullopt;
  return row->text("purpose");
}

Result<void> MongoIdentity::forget_expired(Time now) {
  for (const auto& what : {kSessions, kTokens, kLinks}) {
    TRY(database_.remove(what, {{"expires", Document{{"$lte", now}}}}));
  }
  return {};
}

}  // namespace cadastre::store::mongo
