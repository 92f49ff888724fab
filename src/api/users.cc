// Users: who they are, what they may, and their end. An administrator who is narrowed to some accounts sees and manages
// only users who see no more.
#include <charconv>

#include "api/answer.h"
#include "api/people.h"

namespace cadastre::api {

json::value accounts_json(bool narrowed, const std::vector<std::string>& accounts) {
  if (!narrowed) return nullptr;
  json::array list;
  for (const auto& account : accounts) list.emplace_back(account);
  return list;
}

json::value accounts_json(const query::Scope& scope) {
  return accounts_json(!scope.everything, {scope.accounts.begin(), scope.accounts.end()});
}

Result<AccountsAsked> accounts_of(const Body& body) {
  TRY_ASSIGN(auto accounts, body.texts("accounts"));
  return AccountsAsked{body.has("accounts"), std::move(accounts)};
}

Result<int64_t> number_of(const Call& call, std::string_view sentence) {
  int64_t number = 0;
  const auto& text = call.captured();
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(ErrorCode::not_found, std::string(sentence));
  return number;
}

namespace {

json::object user_json(const store::User& user) {
  return {{"id", user.id},
          {"name", user.name},
          {"role", user.role},
          {"accounts", accounts_json(user.narrowed, user.accounts)},
          {"disabled", user.disabled},
          {"provider", user.provider},
          {"created_at", format_time(user.created)},
          {"signed_in_at", user.signed_in ? json::value(format_time(*user.signed_in)) : json::value(nullptr)}};
}

query::Scope scope_from(const AccountsAsked& asked) {
  return {.everything = !asked.narrowed, .accounts = {asked.accounts.begin(), asked.accounts.end()}};
}

Result<auth::Role> role_from(const std::string& word) {
  auto role = auth::role_of(word);
  if (!role) return fail(ErrorCode::invalid, "'role' must be viewer, operator or admin");
  return *role;
}

// One that the asker may manage; for others there is none.
Result<store::User> managed_user(const Call& call) {
  constexpr std::string_view kNone = "there is no such user";
  TRY_ASSIGN(auto id, number_of(call, kNone));
  TRY_ASSIGN(auto user, call.services.store.identity().user(id));
  if (!user || !auth::may_manage(call.principal, *user)) return fail(ErrorCode::not_found, std::string(kNone));
  return *user;
}

Result<ServerResponse> list_users(const Call& call) {
  TRY_ASSIGN(auto users, call.services.store.identity().users());
  json::array rows;
  for (const auto& user : users) {
    if (auth::may_manage(call.principal, user)) rows.push_back(user_json(user));
  }
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> add_user(const Call& call) {
  TRY_ASSIGN(auto body, Body::of(call, {"name", "password", "role", "accounts"}));
  auth::NewUser user;
  TRY_ASSIGN(user.name, body.text("name", true));
  TRY_ASSIGN(user.password, body.text("password", true));
  TRY_ASSIGN(auto word, body.text("role", true));
  TRY_ASSIGN(user.role, role_from(word));
  TRY_ASSIGN(auto accounts, accounts_of(body));
  user.scope = scope_from(accounts);
  TRY(auth::may_give(call.principal, user.role, user.scope));
  TRY_ASSIGN(auto id, auth::add_user(call.services.store, user, call.principal.name, call.services.clock.now()));
  TRY_ASSIGN(auto added, call.services.store.identity().user(id));
  if (!added) return fail(ErrorCode::not_found, "the user was removed again at once");
  return json_answer(user_json(*added), 201);
}

Result<ServerResponse> change_user(const Call& call) {
  TRY_ASSIGN(auto user, managed_user(call));
  TRY_ASSIGN(auto body, Body::of(call, {"role", "accounts", "all_accounts", "disabled", "password"}));
  auto& store = call.services.store;
  auto now = call.services.clock.now();
  TRY_ASSIGN(auto all_accounts, body.flag("all_accounts"));
  if (body.has("role") || body.has("accounts") || all_accounts) {
    TRY_ASSIGN(auto word, body.text("role"));
    TRY_ASSIGN(auto role, role_from(word.empty() ? user.role : word));
    TRY_ASSIGN(auto accounts, accounts_of(body));
    auto scope = all_accounts ? query::Scope{} : accounts.narrowed ? scope_from(accounts) : auth::scope_of(user);
    TRY(auth::may_give(call.principal, role, scope));
    TRY(auth::set_role(store, user.id, role, scope, call.principal.name, now));
  }
  if (body.has("password")) {
    TRY_ASSIGN(auto password, body.text("password"));
    TRY(auth::set_password(store, user.id, password, call.principal.name, now));
  }
  if (body.has("disabled")) {
    TRY_ASSIGN(auto disabled, body.flag("disabled"));
    TRY(auth::set_disabled(store, user.id, disabled, call.principal.name, now));
  }
  TRY_ASSIGN(auto changed, store.identity().user(user.id));
  if (!changed) return fail(ErrorCode::not_found, "the user was removed meanwhile");
  return json_answer(user_json(*changed));
}

Result<ServerResponse> remove_user(const Call& call) {
  TRY_ASSIGN(auto user, managed_user(call));
  TRY(auth::remove_user(call.services.store, user.id, call.principal.name, call.services.clock.now()));
  return no_content();
}

}  // namespace

Routes user_routes() {
  using enum auth::Permission;
  return {{"GET", "/api/v1/users", admin, "administration", "listUsers", "The users", {}, list_users},
          {"POST", "/api/v1/users", admin, "administration", "addUser", "Add a user", {}, add_user},
          {"PATCH",
           "/api/v1/users/{user}",
           admin,
           "administration",
           "changeUser",
           "Change a user's role, accounts or password, or disable the user",
           {},
           change_user},
          {"DELETE",
           "/api/v1/users/{user}",
           admin,
           "administration",
           "removeUser",
           "Remove a user, with sessions and tokens",
           {},
           remove_user}};
}

}  // namespace cadastre::api
