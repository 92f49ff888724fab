// API tokens: making and removing them.
#include "auth/auth.h"
#include "auth/secret.h"
#include "auth/users.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

Result<void> check_scopes(const NewToken& token, const store::User& owner) {
  if (token.scopes.empty()) {
    return fail(ErrorCode::invalid, "a token needs one or more of the scopes read, collect, admin and metrics");
  }
  auto own = role_of(owner.role).value_or(Role::none);
  for (const auto& scope : token.scopes) {
    auto role = role_of_scope(scope);
    if (!role) {
      constexpr std::string_view kScopes[] = {"read", "collect", "admin", "metrics"};
      return fail(ErrorCode::invalid, fmt::format("'{}' is no scope{}; there are read, collect, admin and metrics",
                                                  printable(scope), did_you_mean(scope, kScopes)));
    }
    if (*role > own) {
      return fail(ErrorCode::invalid,
                  fmt::format("the scope '{}' is more than '{}' may as {}", scope, owner.name, to_string(own)));
    }
    if (scope == "metrics" && (owner.narrowed || token.narrowed || !token.accounts.empty())) {
      return fail(ErrorCode::invalid, "the scope 'metrics' is for those who see all accounts: its figures are of all");
    }
  }
  return {};
}

Result<void> check(const NewToken& token, const store::User& owner, Time now) {
  bool fine = !token.name.empty() && token.name.size() <= 64 && printable(token.name) == token.name;
  if (!fine) return fail(ErrorCode::invalid, "a token needs a name of 1 to 64 characters that says what it is for");
  TRY(check_scopes(token, owner));
  TRY(check_accounts(token.accounts));
  auto scope = scope_of(owner);
  for (const auto& account : token.accounts) {
    if (!scope.sees(account)) {
      return fail(ErrorCode::invalid, fmt::format("the account {} is not among those of '{}'", account, owner.name));
    }
  }
  if (token.expires && *token.expires <= now) {
    return fail(ErrorCode::invalid, "the token would have expired already; give a time to come");
  }
  return {};
}

}  // namespace

Result<std::string> add_token(store::Store& store, int64_t owner, const NewToken& token, std::string_view actor,
                              Time now) {
  TRY_ASSIGN(auto user, store.identity().user(owner));
  if (!user) return fail(ErrorCode::not_found, fmt::format("there is no user {}", owner));
  TRY(check(token, *user, now));
  TRY_ASSIGN(auto others, store.identity().tokens(owner));
  if (std::ranges::find(others, token.name, &store::Token::name) != others.end()) {
    return fail(ErrorCode::invalid,
                fmt::format("'{}' has a token '{}' already; choose another name", user->name, token.name));
  }
  auto secret = "cad_" + new_secret();
  store::Token row;
  row.user = owner;
  row.name = token.name;
  row.hash = hash_of(secret);
  row.scopes = token.scopes;
  row.narrowed = token.narrowed || !token.accounts.empty();
  row.accounts = token.accounts;
  row.created = now;
  row.expires = token.expires;
  TRY(store.identity().add_token(row));
  TRY(note(store, now, actor, "token added", fmt::format("token '{}' of {}", token.name, user->name),
           fmt::format("{}{}{}", join(token.scopes, ", "), row.narrowed ? " on " + join(token.accounts, ", ") : "",
                       token.expires ? " until " + format_time(*token.expires) : "")));
  return secret;
}

Result<void> remove_token(store::Store& store, const store::Token& token, std::string_view actor, Time now) {
  TRY_ASSIGN(auto owner, store.identity().user(token.user));
  TRY(store.identity().remove_token(token.id));
  return note(store, now, actor, "token removed",
              fmt::format("token '{}' of {}", token.name, owner ? owner->name : "nobody"), "");
}

}  // namespace cadastre::auth
