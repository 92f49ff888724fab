// Who is asking, and what they may. Passwords, sessions, tokens; the identity provider is in oidc.h. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include "net/http_server.h"
#include "query/scope.h"
#include "store/store.h"

namespace cadastre::auth {

// Each may what those before it may.
enum class Role { none, viewer, operator_, admin };
std::string_view to_string(Role role);  // "viewer", "operator", "admin"
std::optional<Role> role_of(std::string_view word);

// What a route asks for. The table of routes says one for each, and a test walks them all.
enum class Permission {
  open,       // nobody need be signed in: health, sign-in, the provider's callback, static files
  signed_in,  // one's own: session, password, tokens, views
  read,       // viewer
  collect,    // operator: refresh, runs
  admin,      // users, everybody's tokens, settings, audit
  metrics,    // a token with the scope "metrics" (or admin), or any client when the server is bound to loopback
};

struct Principal {
  enum class Kind { nobody, session, token } kind = Kind::nobody;
  int64_t user = 0;
  std::string name = {};   // for logs and the audit: "ana", "token 'ci' of ana"
  Role role = Role::none;  // of a token: what its scopes leave of its owner's
  query::Scope scope = {};
  bool metrics = false;      // a token's scope; the figures are the whole estate's, so nobody who is narrowed has it
  std::string session = {};  // hash
  std::string csrf = {};
  int64_t token = 0;
  bool may(Permission permission) const;
};

// What a client gets when it comes in. The secret is in the cookie only.
struct SignedIn {
  Principal principal;
  std::string secret;
};

struct NewToken {
  std::string name;
  std::vector<std::string> scopes, accounts;
  bool narrowed = false;
  std::optional<Time> expires;
};

class Auth {
 public:
  // `public_url`: as people reach the server, when that is not what their requests' Host says.
  Auth(store::Store& store, const SignInConfig& config, Clock& clock, std::string public_url = {});
  ~Auth();

  // By cookie or `Authorization: Bearer cad_…`; a token goes before a cookie. Nothing given: a principal that is
  // nobody. Errors: denied (unknown, expired, disabled; the sentence never says whether a name exists); refused (a
  // known session's changing request without its X-CSRF-Token, or from another origin: signing in again would not
  // help). A route that is open to all takes either for nobody. Reads the store every time (two look-ups by key): what
  // changes there counts at once, whichever process changed it.
  Result<Principal> authenticate(const ServerRequest& request);

  // Ends the session that the request came with, and gives a new secret. Errors: denied (one sentence for every reason;
  // or a request from another site's page), throttled (too many attempts of this name from this address; others are not
  // held up): Error::cause is the whole seconds to wait, for Retry-After.
  Result<SignedIn> sign_in(std::string_view name, std::string_view password, const ServerRequest& request);
  // For whoever the identity provider vouched for: makes or updates the user. Without a `refresh` token there is no
  // confirming later, and the session lasts for OidcConfig::recheck only. Errors: denied (no role, disabled).
  struct Vouched {
    std::string provider, subject, name, refresh;
    Role role = Role::none;
    query::Scope scope;
  };
  Result<SignedIn> sign_in(const Vouched& who, const ServerRequest& request);
  Result<void> sign_out(const Principal& principal);
  // Ends one's other sessions. Errors: denied (the old one is wrong), throttled, invalid (the new one is weak), refused
  // (a token asks, or the identity provider keeps the password).
  Result<void> change_password(const Principal& principal, std::string_view old_password,
                               std::string_view new_password);

  // The first administrator: a secret for a link, good once and for an hour, while there is no user yet.
  Result<std::string> make_setup_link();
  Result<SignedIn> set_up(std::string_view link, std::string_view name, std::string_view password,
                          const ServerRequest& request);

  // Returns the secret, which is shown once. Errors: invalid (more than its owner may, a name that is taken, an expiry
  // in the past), refused (a token asks for a token).
  Result<std::string> add_token(const Principal& owner, const NewToken& token);

  // Sessions of the provider's users are confirmed every OidcConfig::recheck through this, when they are used: it gets
  // the session with its refresh token opened, and says what the provider vouches for now. Nothing, or no role, ends
  // all the user's sessions and with them the tokens; an error (the provider cannot be reached) leaves 15 minutes from
  // the last confirmation.
  using Confirm = std::function<Result<std::optional<Vouched>>(const store::Session&)>;
  void confirm_with(Confirm confirm);

  // Set-Cookie values: HttpOnly, SameSite=Lax, Path=/, Secure (with the __Host- prefix) when the request came over TLS.
  static std::string cookie(std::string_view secret, bool secure);
  static std::string no_cookie(bool secure);
  static std::string cookie_name(bool secure);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The highest role that a scope of a token lets its owner use; nullopt: no such scope. "collect" includes "read",
// "admin" all.
std::optional<Role> role_of_scope(std::string_view scope);

// An administrator who is narrowed to some accounts hands out no more than that, and has no say over those who have
// more. To be asked before add_user and set_role (what is given), and before any change of a user (what there is).
// Errors: denied.
Result<void> may_give(const Principal& principal, Role role, const query::Scope& scope);
Result<void> may_manage(const Principal& principal, const store::User& user);
query::Scope scope_of(const store::User& user);

// Administration that needs no server: what `cadastre user` and `cadastre token` do, and the API's routes. Written to
// the audit log. Errors: invalid (a weak password, a bad name, role or account), not_found; refused when it would leave
// no administrator. Changing a role or a password, or disabling, ends the user's sessions.
struct NewUser {
  std::string name, password;
  Role role = Role::viewer;
  query::Scope scope;
};
Result<int64_t> add_user(store::Store& store, const NewUser& user, std::string_view actor, Time now);
Result<void> set_role(store::Store& store, int64_t user, Role role, const query::Scope& scope, std::string_view actor,
                      Time now);
Result<void> set_password(store::Store& store, int64_t user, std::string_view password, std::string_view actor,
                          Time now);
Result<void> set_disabled(store::Store& store, int64_t user, bool disabled, std::string_view actor, Time now);
Result<void> remove_user(store::Store& store, int64_t user, std::string_view actor, Time now);
Result<std::string> add_token(store::Store& store, int64_t owner, const NewToken& token, std::string_view actor,
                              Time now);
Result<void> remove_token(store::Store& store, const store::Token& token, std::string_view actor, Time now);

}  // namespace cadastre::auth
