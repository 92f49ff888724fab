// Who is asking, and what they may. Passwords, sessions, tokens; the identity provider is in oidc.h. Thread-safe.
#pragma once

#include <memory>
#include <set>
#include <string>

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
  std::string name;        // for logs and the audit: "ana", "token 'ci' of ana"
  Role role = Role::none;  // of a token: what its scopes leave of its owner's
  query::Scope scope;
  bool metrics = false;
  std::string session;  // hash
  std::string csrf;
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
  Auth(store::Store& store, const SignInConfig& config, Clock& clock);
  ~Auth();

  // By cookie or `Authorization: Bearer cad_…`. Nothing given: a principal that is nobody. Errors: denied (unknown,
  // expired, disabled, a changing request without its X-CSRF-Token or from another origin: the sentence says which, but
  // never whether a name exists).
  Result<Principal> authenticate(const ServerRequest& request);

  // Errors: denied (one sentence for every reason), throttled (too many attempts of this name from this address; others
  // are not held up).
  Result<SignedIn> sign_in(std::string_view name, std::string_view password, const ServerRequest& request);
  // For whoever the identity provider vouched for: makes or updates the user.
  struct Vouched {
    std::string provider, subject, name, refresh;
    Role role = Role::none;
    query::Scope scope;
  };
  Result<SignedIn> sign_in(const Vouched& who, const ServerRequest& request);
  Result<void> sign_out(const Principal& principal);
  Result<void> change_password(const Principal& principal, std::string_view old_password,
                               std::string_view new_password);

  // The first administrator: a secret for a link, good once and for an hour, while there is no user yet.
  Result<std::string> make_setup_link();
  Result<SignedIn> set_up(std::string_view link, std::string_view name, std::string_view password,
                          const ServerRequest& request);

  // Returns the secret, which is shown once. Errors: invalid (more than its owner may, a name that is taken, an expiry
  // in the past).
  Result<std::string> add_token(const Principal& owner, const NewToken& token);

  // Sessions of users of the provider are confirmed again every few minutes through this; false ends the session.
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

// Administration that needs no server: what `cadastre user` and `cadastre token` do, and the API's routes. Written to
// the audit log. Errors: invalid (a weak password, a bad name, role or account), not_found; refused when it would leave
// no administrator.
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

}  // namespace cadastre::auth
