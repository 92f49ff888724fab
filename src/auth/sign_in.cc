// The ways in and out: a password, an identity provider's word, the link for the first administrator.
#include "auth/auth.h"
#include "auth/origin.h"
#include "auth/secret.h"
#include "auth/state.h"
#include "auth/users.h"
#include "base/hash.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr std::string_view kFirstAdmin = "first-admin";
constexpr Millis kLinkLife = std::chrono::hours(1);
constexpr size_t kLongestName = 128;

// What a provider says is its user's name, fit for a log line and a cell.
std::string tame(std::string_view name) {
  auto text = printable(trim(name).substr(0, kLongestName));
  return text.empty() ? "unnamed" : text;
}

std::string host_of(std::string_view issuer) {
  auto at = issuer.find("://");
  auto rest = at == issuer.npos ? issuer : issuer.substr(at + 3);
  return std::string(rest.substr(0, rest.find('/')));
}

Result<void> from_here(const ServerRequest& request, const std::string& public_url) {
  if (from_our_pages(request, public_url)) return {};
  return fail(ErrorCode::denied, "this request was sent by another site's page, and was not carried out");
}

std::unexpected<Error> wrong() { return fail(ErrorCode::denied, "the name or the password is wrong"); }

// Its hash was cheaper than today's. `user` has the new one then; what somebody else set meanwhile stays.
Result<void> renew_password(store::Store& store, PasswordHasher& hasher, store::User& user, std::string_view password) {
  TRY_ASSIGN(auto renewed, hasher.hash(password));
  TRY_ASSIGN(user, edit_user(store, user.id, [&](store::User& row) -> Result<void> {
               if (row.disabled || row.password != user.password) return wrong();
               row.password = renewed;
               return {};
             }));
  return {};
}

Result<void> nobody_yet(store::Store& store) {
  TRY_ASSIGN(auto users, store.identity().users());
  if (users.empty()) return {};
  return fail(ErrorCode::refused, "there are users already; an administrator adds others");
}

}  // namespace

Result<void> Auth::State::audit(const ServerRequest& request, std::string actor, std::string action,
                                std::string detail) {
  return store.journal().audit({.at = clock.now(),
                                .actor = actor,
                                .action = std::move(action),
                                .object = actor,
                                .detail = std::move(detail),
                                .address = request.peer,
                                .request = request.id});
}

Result<SignedIn> Auth::State::let_in(const store::User& user, const std::string& refresh, const ServerRequest& request,
                                     std::string how) {
  // The session that the browser came with ends, whoever planted it there.
  if (auto before = request.cookie(cookie_name(request.secure)); !before.empty()) {
    TRY(store.identity().remove_session(hash_of(before)));
  }
  TRY(store.identity().forget_expired(clock.now()));
  TRY_ASSIGN(auto in, sessions.open(user, refresh, request));
  TRY(audit(request, user.name, "sign-in", std::move(how)));
  return in;
}

Result<SignedIn> Auth::sign_in(std::string_view name, std::string_view password, const ServerRequest& request) {
  auto& s = *state_;
  TRY(from_here(request, s.public_url));
  TRY(s.attempts.begin(name, request.peer));
  TRY_ASSIGN(auto user, s.store.identity().user_named(name));
  TRY_ASSIGN(bool right, s.hasher.verify(password, user ? user->password : ""));
  if (!right || user->disabled) {
    // A name that is not known may be a password in the wrong field.
    std::string who = user ? user->name : "unknown name";
    TRY(s.audit(request, who, "sign-in refused", right ? "the user is disabled" : "by password"));
    return wrong();
  }
  s.attempts.succeeded(name, request.peer);
  if (s.hasher.outdated(user->password)) TRY(renew_password(s.store, s.hasher, *user, password));
  // Checking took a while: what was changed meanwhile, here or by another process, counts.
  auto checked = user->password;
  TRY_ASSIGN(bool noted, s.store.identity().signed_in(user->id, s.clock.now()));
  TRY_ASSIGN(user, s.store.identity().user(user->id));
  if (!noted || !user || user->disabled || user->password != checked) return wrong();
  return s.let_in(*user, "", request, "by password");
}

Result<store::User> Auth::State::user_of(const Vouched& who) {
  auto set = [&](store::User& row) {
    row.role = to_string(who.role);
    row.narrowed = !who.scope.everything;
    row.accounts.assign(who.scope.accounts.begin(), who.scope.accounts.end());
  };
  TRY_ASSIGN(auto known, store.identity().user_of(who.provider, who.subject));
  if (known) {
    auto now = *known;
    set(now);
    if (now.role != known->role || now.narrowed != known->narrowed || now.accounts != known->accounts) {
      TRY_ASSIGN(now, edit_user(store, known->id, [&](store::User& row) -> Result<void> {
                   set(row);
                   return {};
                 }));
    }
    TRY_ASSIGN(bool noted, store.identity().signed_in(known->id, clock.now()));
    if (!noted) now.disabled = true;  // meanwhile
    return now;
  }
  store::User user;
  user.provider = who.provider;
  user.subject = who.subject;
  user.created = clock.now();
  user.signed_in = user.created;
  set(user);
  // A name that somebody has already stays with them: the provider's word does not make one a local user.
  auto name = tame(who.name);
  for (const auto& candidate : {name, fmt::format("{} ({})", name, host_of(who.provider)),
                                fmt::format("{} ({})", name, to_hex(sha256(who.subject)).substr(0, 12))}) {
    TRY_ASSIGN(auto taken, store.identity().user_named(candidate));
    user.name = candidate;
    if (!taken) break;
  }
  TRY_ASSIGN(user.id, store.identity().add_user(user));
  return user;
}

Result<SignedIn> Auth::sign_in(const Vouched& who, const ServerRequest& request) {
  auto& s = *state_;
  if (who.role == Role::none) {
    // Were there access from before, it ends here and now.
    TRY_ASSIGN(auto known, s.store.identity().user_of(who.provider, who.subject));
    if (known) TRY(s.store.identity().remove_sessions(known->id));
    TRY(s.audit(request, tame(who.name), "sign-in refused", "no group of the identity provider gives a role"));
    return fail(ErrorCode::denied,
                "you are known to the identity provider, but none of your groups gives you access to Cadastre; ask its "
                "administrators");
  }
  TRY_ASSIGN(auto user, s.user_of(who));
  if (user.disabled) {
    TRY(s.audit(request, user.name, "sign-in refused", "the user is disabled"));
    return fail(ErrorCode::denied, "your access to Cadastre is disabled; ask its administrators");
  }
  return s.let_in(user, who.refresh, request, fmt::format("by {}", host_of(who.provider)));
}

Result<void> Auth::sign_out(const Principal& principal) {
  if (principal.kind != Principal::Kind::session) return {};
  auto& s = *state_;
  TRY_ASSIGN(auto user, s.store.identity().user(principal.user));
  if (!user) return {};
  TRY(s.sessions.end(*user, principal.session));
  return note(s.store, s.clock.now(), principal.name, "sign-out", principal.name, "");
}

Result<void> Auth::change_password(const Principal& principal, std::string_view old_password,
                                   std::string_view new_password) {
  auto& s = *state_;
  if (principal.kind != Principal::Kind::session) {
    return fail(ErrorCode::refused, "an API token changes no password; sign in to do that");
  }
  TRY_ASSIGN(auto user, s.store.identity().user(principal.user));
  if (!user) return fail(ErrorCode::not_found, "this user is no longer there");
  if (!user->provider.empty()) {
    return fail(ErrorCode::refused, "your password is kept by the identity provider; change it there");
  }
  TRY(check_password(new_password, user->name));
  // Who found a session open shall not find the password by trying, either.
  TRY(s.attempts.begin(user->name, "session " + principal.session));
  TRY_ASSIGN(bool right, s.hasher.verify(old_password, user->password));
  if (!right) return fail(ErrorCode::denied, "the old password is wrong");
  s.attempts.succeeded(user->name, "session " + principal.session);
  TRY_ASSIGN(auto hashed, s.hasher.hash(new_password));
  TRY(edit_user(s.store, user->id, [&](store::User& row) -> Result<void> {
    if (row.password != user->password) return fail(ErrorCode::denied, "the old password is wrong");
    row.password = hashed;
    return {};
  }));
  TRY(s.store.identity().remove_sessions(user->id, principal.session));
  return note(s.store, s.clock.now(), principal.name, "password changed", user->name, "by its owner");
}

Result<std::string> Auth::make_setup_link() {
  auto& s = *state_;
  TRY(nobody_yet(s.store));
  auto secret = new_secret();
  TRY(s.store.identity().add_link(hash_of(secret), kFirstAdmin, s.clock.now() + kLinkLife));
  return secret;
}

Result<SignedIn> Auth::set_up(std::string_view link, std::string_view name, std::string_view password,
                              const ServerRequest& request) {
  auto& s = *state_;
  TRY(from_here(request, s.public_url));
  // Whatever may be mended comes before the link is used up.
  TRY(check_name(name));
  TRY(check_password(password, name));
  TRY(nobody_yet(s.store));
  TRY_ASSIGN(auto purpose, s.store.identity().take_link(hash_of(link), s.clock.now()));
  if (purpose != kFirstAdmin) {
    TRY(s.audit(request, "nobody", "sign-in refused", "by a link that is not good"));
    return fail(ErrorCode::denied,
                "this link was used already, is older than an hour or was never good; start the server again for "
                "another one, or run `cadastre user add NAME --role admin`");
  }
  NewUser first{.name = std::string(name), .password = std::string(password), .role = Role::admin, .scope = {}};
  TRY_ASSIGN(auto id, add_user(s.store, first, "set-up link", s.clock.now()));
  TRY_ASSIGN(auto user, s.store.identity().user(id));
  if (!user) return fail(ErrorCode::internal, "the first administrator is gone again");
  return s.let_in(*user, "", request, "by the set-up link");
}

}  // namespace cadastre::auth
