// Signed JSON Web Tokens and the keys they are held against (RFC 7515, 7517, 7518, 7519). Pure functions.
//
// A key says by its kind which algorithm it is for (RSA: RS256, P-256: ES256), and a token that names another is
// refused: "none", and HMAC under a public key, are nothing that could be asked for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

struct evp_pkey_st;

namespace cadastre::auth {

struct JwtKey {
  std::string id;         // kid; may be ""
  std::string algorithm;  // RS256, ES256
  std::shared_ptr<evp_pkey_st> key;
};

// The keys of a JWK Set that can verify here; others (encryption, other curves, RSA below 2048 bits) are passed over.
// Errors: malformed.
Result<std::vector<JwtKey>> parse_jwks(std::string_view text);

// The id of the key that a token was signed with, unverified: to know whether the keys must be fetched again.
std::string key_id_of(std::string_view token);

// The claims of a token whose signature is right. A token that names no key is held against the only one of its
// algorithm. Errors: malformed (no JWT, unknown or several keys), denied (the signature is wrong, another algorithm).
Result<json::object> verify_jwt(std::string_view token, const std::vector<JwtKey>& keys);

// What an ID token must say (OpenID Connect Core, 3.1.3.7). Clocks may differ by two minutes.
struct IdTokenRules {
  std::string issuer, client_id;
  std::string nonce = {};  // "": not looked at, as in an answer to a refresh
};
// Errors: denied, naming the claim that is amiss.
Result<void> check_id_token(const json::object& claims, const IdTokenRules& rules, Time now);

}  // namespace cadastre::auth
