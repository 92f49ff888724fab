// API tokens: one's own, and for administrators everybody's.
#include "api/answer.h"
#include "api/people.h"

namespace cadastre::api {
namespace {

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::object token_json(const store::Token& token, std::string_view owner) {
  json::array scopes;
  for (const auto& scope : token.scopes) scopes.emplace_back(scope);
  return {{"id", token.id},
          {"name", token.name},
          {"owner", owner},
          {"scopes", std::move(scopes)},
          {"accounts", accounts_json(token.narrowed, token.accounts)},
          {"created_at", format_time(token.created)},
          {"expires_at", time_or_null(token.expires)},
          {"used_at", time_or_null(token.used)},
          {"used_from", token.used_from}};
}

// The tokens that the asker may see and withdraw, with their owners' names: the own ones, and for an administrator
// those of all users that the administrator may manage. A token sees no accounts beyond its own scope.
Result<std::vector<std::pair<store::Token, std::string>>> tokens_of(const Call& call, bool all) {
  std::vector<std::pair<store::Token, std::string>> tokens;
  TRY_ASSIGN(auto users, call.services.store.identity().users());
  for (const auto& user : users) {
    bool own = user.id == call.principal.user;
    bool managed = call.principal.may(auth::Permission::admin) && auth::may_manage(call.principal, user).has_value();
    if (!own && !(all && managed)) continue;
    TRY_ASSIGN(auto each, call.services.store.identity().tokens(user.id));
    for (auto& token : each) {
      bool seen = std::ranges::all_of(token.accounts, [&](const auto& account) { return call.scope().sees(account); });
      if (seen) tokens.emplace_back(std::move(token), user.name);
    }
  }
  return tokens;
}

Result<ServerResponse> list_tokens(const Call& call) {
  TRY_ASSIGN(auto all, flag_of(call, "all"));
  if (all && !call.principal.may(auth::Permission::admin))
    return fail(ErrorCode::denied, "only administrators see everybody's tokens");
  TRY_ASSIGN(auto tokens, tokens_of(call, all));
  json::array rows;
  for (const auto& [token, owner] : tokens) rows.push_back(token_json(token, owner));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> add_token(const Call& call) {
  TRY_ASSIGN(auto body, Body::of(call, {"name", "scopes", "accounts", "expires"}));
  auth::NewToken token;
  TRY_ASSIGN(token.name, body.text("name", true));
  TRY_ASSIGN(token.scopes, body.texts("scopes"));
  TRY_ASSIGN(auto accounts, accounts_of(body));
  token.accounts = std::move(accounts.accounts);
  token.narrowed = accounts.narrowed;
  TRY_ASSIGN(token.expires, body.time("expires", call.services.clock.now()));
  TRY_ASSIGN(auto secret, call.services.auth.add_token(call.principal, token));
  return json_answer(json::object{{"token", secret}}, 201);
}

Result<ServerResponse> remove_token(const Call& call) {
  constexpr std::string_view kNone = "there is no such token";
  TRY_ASSIGN(auto id, number_of(call, kNone));
  TRY_ASSIGN(auto tokens, tokens_of(call, true));
  auto at = std::ranges::find_if(tokens, [&](const auto& entry) { return entry.first.id == id; });
  if (at == tokens.end()) return fail(ErrorCode::not_found, std::string(kNone));
  TRY(auth::remove_token(call.services.store, at->first, call.principal.name, call.services.clock.now()));
  return no_content();
}

}  // namespace

Routes token_routes() {
  using enum auth::Permission;
  return {{"GET",
           "/api/v1/tokens",
           signed_in,
           "tokens",
           "listTokens",
           "One's own API tokens, or everybody's",
           {"all"},
           list_tokens},
          {"POST",
           "/api/v1/tokens",
           signed_in,
           "tokens",
           "addToken",
           "Make an API token; its secret is in this answer only",
           {},
           add_token},
          {"DELETE",
           "/api/v1/tokens/{token}",
           signed_in,
           "tokens",
           "removeToken",
           "Withdraw an API token",
           {},
           remove_token}};
}

}  // namespace cadastre::api
