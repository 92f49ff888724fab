// Whose request it is.
#include "auth/auth.h"

#include "auth/origin.h"
#include "auth/secret.h"
#include "auth/state.h"
#include "auth/users.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr Millis kMinute = std::chrono::minutes(1), kDay = std::chrono::hours(24);

std::unexpected<Error> ended() { return fail(ErrorCode::denied, "the session has ended; sign in again"); }
std::unexpected<Error> no_such_token() {
  return fail(ErrorCode::denied, "this API token is unknown, has expired or was withdrawn; make another one");
}

// What a token's scopes and accounts leave of its owner's.
Principal principal_of(const store::Token& token, const store::User& owner) {
  Principal principal{.kind = Principal::Kind::token, .user = owner.id, .token = token.id};
  principal.name = fmt::format("token '{}' of {}", token.name, owner.name);
  bool metrics = false;
  for (const auto& scope : token.scopes) {
    principal.role = std::max(principal.role, role_of_scope(scope).value_or(Role::none));
    metrics |= scope == "metrics";
  }
  auto role = role_of(owner.role).value_or(Role::none);
  principal.role = std::min(principal.role, role);
  principal.scope = scope_of(owner);
  if (token.narrowed) {
    std::set<std::string> both;
    for (const auto& account : token.accounts) {
      if (principal.scope.sees(account)) both.insert(account);
    }
    principal.scope = {.everything = false, .accounts = std::move(both)};
  }
  principal.metrics = metrics && role != Role::none && principal.scope.everything;
  return principal;
}

}  // namespace

Auth::Auth(store::Store& store, const SignInConfig& config, Clock& clock, std::string public_url)
    : state_(std::make_unique<State>(store, config, clock, std::move(public_url))) {}
Auth::~Auth() = default;

void Auth::confirm_with(Confirm confirm) { state_->sessions.confirm_with(std::move(confirm)); }

std::string Auth::cookie_name(bool secure) { return secure ? "__Host-cadastre" : "cadastre"; }

std::string Auth::cookie(std::string_view secret, bool secure) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax{}", cookie_name(secure), secret, secure ? "; Secure" : "");
}

std::string Auth::no_cookie(bool secure) { return cookie("", secure) + "; Max-Age=0"; }

Result<Principal> Auth::authenticate(const ServerRequest& request) {
  if (const auto* header = request.header("Authorization")) {
    std::string_view text = *header;
    constexpr std::string_view kScheme = "bearer ";
    if (!iequals(text.substr(0, kScheme.size()), kScheme)) {
      return fail(ErrorCode::denied, "this way to sign in is not offered; send 'Authorization: Bearer cad_…'");
    }
    return state_->by_token(request, trim(text.substr(kScheme.size())));
  }
  auto secret = request.cookie(cookie_name(request.secure));
  if (secret.empty()) return Principal{};
  return state_->by_session(request, secret);
}

Result<Principal> Auth::State::by_session(const ServerRequest& request, const std::string& secret) {
  TRY_ASSIGN(auto session, sessions.find(hash_of(secret)));
  if (!session) return ended();
  TRY_ASSIGN(auto user, store.identity().user(session->user));
  if (!user || user->disabled) return ended();
  if (changes(request)) {
    if (!from_our_pages(request, public_url)) {
      return fail(ErrorCode::refused, "this request was sent by another site's page, and was not carried out");
    }
    const auto* token = request.header("X-CSRF-Token");
    if (!token || !equal_secrets(*token, session->csrf)) {
      return fail(ErrorCode::refused, "this request lacks the session's X-CSRF-Token; load the page again");
    }
  }
  if (!user->provider.empty()) {
    TRY_ASSIGN(bool confirmed, sessions.confirmed(*session, *user));
    if (!confirmed || user->disabled) return ended();
  }
  TRY(sessions.used(*session));
  return Principal{.kind = Principal::Kind::session,
                   .user = user->id,
                   .name = user->name,
                   .role = role_of(user->role).value_or(Role::none),
                   .scope = scope_of(*user),
                   .session = session->hash,
                   .csrf = session->csrf};
}

Result<Principal> Auth::State::by_token(const ServerRequest& request, std::string_view secret) {
  if (!secret.starts_with("cad_")) return no_such_token();
  TRY_ASSIGN(auto token, store.identity().token(hash_of(secret)));
  if (!token || (token->expires && clock.now() >= *token->expires)) return no_such_token();
  TRY_ASSIGN(auto user, store.identity().user(token->user));
  if (!user || user->disabled) return no_such_token();
  if (!user->provider.empty()) {
    TRY_ASSIGN(bool confirmed, vouched(*user));
    if (!confirmed || user->disabled) {
      return fail(ErrorCode::denied,
                  "the identity provider no longer vouches for the owner of this API token, who has to sign in again");
    }
  }
  auto principal = principal_of(*token, *user);
  TRY(use(*token, principal, request));
  return principal;
}

Result<bool> Auth::State::vouched(store::User& user) {
  TRY_ASSIGN(auto all, store.identity().sessions(user.id));
  const store::Session* newest = nullptr;
  for (const auto& session : all) {
    if (clock.now() >= session.expires || !session.confirmed) continue;
    if (!newest || *session.confirmed > *newest->confirmed) newest = &session;
  }
  if (!newest) return false;
  return sessions.confirmed(*newest, user);
}

Result<void> Auth::State::use(const store::Token& token, const Principal& principal, const ServerRequest& request) {
  auto now = clock.now();
  if (token.used && now - *token.used < kMinute) return {};
  if (!token_uses.claim(std::to_string(token.id), clock.steady())) return {};
  // The audit log says who came from where and on which days, not every request.
  bool worth_noting = !token.used || token.used_from != request.peer || now - *token.used >= kDay;
  auto written = store.identity().use_token(token.id, now, request.peer);
  if (!written && written.error().code == ErrorCode::not_found) return no_such_token();  // withdrawn this very moment
  TRY(written);
  return worth_noting ? audit(request, principal.name, "token used", "") : Result<void>{};
}

Result<std::string> Auth::add_token(const Principal& owner, const NewToken& token) {
  if (owner.kind != Principal::Kind::session) {
    return fail(ErrorCode::refused, "an API token makes no other tokens; sign in to make one");
  }
  return auth::add_token(state_->store, owner.user, token, owner.name, state_->clock.now());
}

}  // namespace cadastre::auth
