// Users, and what goes with one.
#include "base/text.h"
#include "store/mongo/mongo_identity.h"

namespace cadastre::store::mongo {
namespace {

const std::string kUsers = "user";

User read_user(const Document& row) {
  User user;
  user.id = row.integer("_id");
  user.name = row.text("name");
  user.password = row.text("password");
  user.provider = row.text("provider");
  user.subject = row.text("subject");
  user.role = row.text("role");
  user.accounts = row.texts("accounts");
  user.narrowed = row.boolean("narrowed");
  user.disabled = row.boolean("disabled");
  user.created = row.time("created").value_or(Time());
  user.signed_in = row.time("signed_in");
  return user;
}

// `folded` and `elsewhere` are unique: names without regard to case, and who one is at a provider. A local user has
// no `elsewhere`, but the index wants one of its own for each row.
Document to_row(const User& user, int64_t id) {
  return {{"_id", id},
          {"name", user.name},
          {"folded", lower(user.name)},
          {"elsewhere", user.provider.empty()
                            ? fmt::format("local {}", id)
                            : fmt::format("{} {}\n{}", user.provider.size(), user.provider, user.subject)},
          {"password", user.password},
          {"provider", user.provider},
          {"subject", user.subject},
          {"role", user.role},
          {"accounts", array_of(user.accounts)},
          {"narrowed", user.narrowed},
          {"disabled", user.disabled},
          {"created", user.created},
          {"signed_in", user.signed_in}};
}

}  // namespace

Result<std::set<int64_t>> user_ids(Database& database) {
  std::set<int64_t> ids;
  TRY(database.find({.collection = kUsers, .fields = {{"_id", 1}}}, [&](Document&& row) -> Result<bool> {
    ids.insert(row.integer("_id"));
    return true;
  }));
  return ids;
}

Result<void> user_exists(Database& database, int64_t user) {
  TRY_ASSIGN(auto row, database.one({.collection = kUsers, .filter = {{"_id", user}}, .fields = {{"_id", 1}}}));
  if (!row) return fail(ErrorCode::not_found, fmt::format("there is no user {}", user));
  return {};
}

Result<std::vector<User>> MongoIdentity::users() {
  std::vector<User> users;
  TRY(database_.find({.collection = kUsers, .order = {{"folded", 1}}}, [&](Document&& row) -> Result<bool> {
    users.push_back(read_user(row));
    return true;
  }));
  return users;
}

Result<std::optional<User>> MongoIdentity::one_user(Document filter) {
  TRY_ASSIGN(auto row, database_.one({.collection = kUsers, .filter = std::move(filter)}));
  if (!row) return std::nullopt;
  return read_user(*row);
}

Result<std::optional<User>> MongoIdentity::user(int64_t id) { return one_user({{"_id", id}}); }

Result<std::optional<User>> MongoIdentity::user_named(std::string_view name) {
  return one_user({{"folded", lower(name)}});
}

Result<std::optional<User>> MongoIdentity::user_of(std::string_view provider, std::string_view subject) {
  if (provider.empty()) return std::nullopt;
  return one_user({{"provider", provider}, {"subject", subject}});
}

// Why a row was refused, or would be. The indexes have the last word; this one knows a sentence for it.
Result<void> MongoIdentity::nobody_else_has(const User& user) {
  TRY_ASSIGN(auto same, user_named(user.name));
  if (same && same->id != user.id) {
    return fail(ErrorCode::invalid, fmt::format("the user name '{}' is taken; choose another", user.name));
  }
  TRY_ASSIGN(auto known, user_of(user.provider, user.subject));
  if (known && known->id != user.id) {
    return fail(ErrorCode::invalid,
                fmt::format("the user '{}' signs in at {} under the same subject already", known->name, user.provider));
  }
  return {};
}

Result<int64_t> MongoIdentity::add_user(const User& user) {
  TRY_ASSIGN(auto id, database_.number("user"));
  auto made = user;
  made.id = id;
  TRY(nobody_else_has(made));
  TRY_ASSIGN(bool free, database_.insert(kUsers, to_row(user, id)));
  if (free) return id;
  TRY(nobody_else_has(made));  // somebody was faster
  return fail(ErrorCode::invalid, fmt::format("the user '{}' was being added by somebody else; try again", user.name));
}

Result<void> MongoIdentity::update_user(const User& user) {
  TRY(user_exists(database_, user.id));
  TRY(nobody_else_has(user));
  TRY_ASSIGN(auto done, database_.update(kUsers, {.filter = {{"_id", user.id}}, .change = to_row(user, user.id)}));
  if (done.taken) {
    TRY(nobody_else_has(user));
    return fail(ErrorCode::invalid,
                fmt::format("the user '{}' was being changed by somebody else; try again", user.name));
  }
  if (done.matched == 0) return fail(ErrorCode::not_found, fmt::format("there is no user {}", user.id));
  return {};
}

Result<bool> MongoIdentity::signed_in(int64_t id, Time now) {
  TRY_ASSIGN(auto done, database_.update(kUsers, {.filter = {{"_id", id}, {"disabled", false}},
                                                  .change = {{"$set", Document{{"signed_in", now}}}}}));
  return done.matched > 0;
}

Result<void> MongoIdentity::remove_user(int64_t id) {
  TRY_ASSIGN(auto gone, database_.remove(kUsers, {{"_id", id}}));
  if (gone == 0) return fail(ErrorCode::not_found, fmt::format("there is no user {}", id));
  for (const char* belongings : {"session", "token", "view"}) TRY(database_.remove(belongings, {{"user", id}}));
  return {};
}

Result<void> MongoIdentity::sweep() {
  for (const char* belongings : {"session", "token", "view"}) {
    // Owners first, users second: who is not there then was removed, since a user comes before what belongs to it.
    std::set<int64_t> owners;
    TRY(database_.find({.collection = belongings, .fields = {{"user", 1}}}, [&](Document&& row) -> Result<bool> {
      owners.insert(row.integer("user"));
      return true;
    }));
    TRY_ASSIGN(auto users, user_ids(database_));
    std::erase_if(owners, [&](int64_t owner) { return users.contains(owner); });
    if (!owners.empty()) TRY(database_.remove(belongings, {{"user", in(owners)}}));
  }
  return {};
}

}  // namespace cadastre::store::mongo
