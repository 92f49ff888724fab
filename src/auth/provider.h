// The identity provider as one talks to it: its metadata, its keys, its token endpoint (OpenID Connect Discovery 1.0,
// Core 1.0). Thread-safe. Metadata and keys are kept for an hour. When the provider cannot be reached it is left alone
// for a few seconds, so that a provider that is down does not hold up everybody who asks for it.
#pragma once

#include <mutex>
#include <string>

#include "auth/jwt.h"
#include "config/config.h"
#include "net/http_client.h"

namespace cadastre::auth {

using Form = std::vector<std::pair<std::string, std::string>>;

// "a=1&b=x%20y" (application/x-www-form-urlencoded).
std::string encode_form(const Form& form);

class Provider {
 public:
  Provider(const OidcConfig& config, HttpTransport& http, Clock& clock) : config_(config), http_(http), clock_(clock) {}

  struct Endpoints {
    std::string authorize, token, keys, user_info, end_session;
    bool post_secret = false;   // the token endpoint takes the secret in the body only
    bool names_itself = false;  // its answers to the browser say who it is (RFC 9207)
  };
  // Errors here and below: network, timeout (no answer that counts), malformed (an answer that says nothing we know).
  Result<Endpoints> endpoints(std::stop_token stop);

  // Asks the token endpoint. Errors also: denied when the provider says invalid_grant: the code or refresh token is
  // not, or no longer, good.
  Result<json::object> token(Form form, std::stop_token stop);

  // The claims of an ID token whose signature, issuer, audience and times are right. An unknown key is looked for once
  // more, at most once a minute. Errors also: denied.
  Result<json::object> id_claims(std::string_view token, const std::string& nonce, std::stop_token stop);

  // Errors also: denied when the provider no longer lets the access token ask.
  Result<json::object> user_info(const std::string& access_token, std::stop_token stop);

 private:
  using Steady = std::chrono::steady_clock::time_point;
  Result<HttpResponse> send(HttpRequest request, std::stop_token stop);
  Result<std::vector<JwtKey>> keys(bool again, std::stop_token stop);

  const OidcConfig config_;
  HttpTransport& http_;
  Clock& clock_;
  std::mutex mutex_;
  std::optional<Endpoints> endpoints_;
  std::optional<std::vector<JwtKey>> keys_;
  Steady endpoints_read_{}, keys_read_{};
  std::optional<Steady> down_until_;
};

}  // namespace cadastre::auth
