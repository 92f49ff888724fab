// Sign-in through an identity provider: OpenID Connect, the authorization code flow with PKCE (RFC 6749, 7636).
//
//   begin()   the browser is sent to the provider, with a sealed cookie that binds what comes back to this browser
//   finish()  the provider's answer, brought by the browser, becomes a session and the path to go on to
//
// Afterwards the provider is asked again every OidcConfig::recheck, by the refresh token, whether the user still has a
// group that gives access (Auth::confirm_with). A provider that gives no refresh token is asked through the browser
// instead: its sessions last for `recheck`, after which begin(…, silent) gets a new one without a question, as long as
// the provider knows the browser. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/auth.h"
#include "net/http_client.h"

namespace cadastre::auth {

class Oidc {
 public:
  // `redirect_uri`: the whole address of the route that calls finish(), as it is registered with the provider. Of the
  // configuration it uses the identity provider, the names of accounts and the public address. All outlive it, and it
  // outlives the use of `auth`.
  Oidc(const Config& config, Auth& auth, store::Store& store, HttpTransport& http, Clock& clock,
       std::string redirect_uri);
  ~Oidc();

  struct Redirect {
    std::string url;     // for Location
    std::string cookie;  // for Set-Cookie; good for ten minutes
  };
  // `return_to` is a path here; anything else becomes "/". `silent`: the provider must not ask anything (prompt=none).
  // Errors: network, timeout, malformed: the provider.
  Result<Redirect> begin(std::string_view return_to, const ServerRequest& request, bool silent = false);

  struct Finished {
    SignedIn in;
    std::string return_to;
  };
  // Errors: denied (no access, or an answer that is not to what this browser asked), expired (a silent sign-in needs a
  // question: begin again, not silent), network, timeout, malformed. With every answer, clear the cookie: no_cookie().
  Result<Finished> finish(const ServerRequest& request);
  static std::string no_cookie(bool secure);

  // Where the browser goes after sign_out() to be signed out of the provider, too; nullopt when it offers nothing.
  Result<std::optional<std::string>> sign_out_url(const std::string& back_to, std::stop_token stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// `path` when it can only lead to this server, else "/". Browsers take "//host", "/\host" and "/<tab>/host" for
// another.
std::string local_path(std::string_view path);
// RFC 7636 section 4.2.
std::string challenge_of(std::string_view verifier);

}  // namespace cadastre::auth
