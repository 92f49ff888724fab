#include "auth/jwt.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "auth/secret.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr size_t kLongest = 64 << 10, kEs256Bytes = 64;
constexpr int64_t kSkew = 120;  // seconds

struct Parts {
  json::object header, claims;
  std::string_view signed_text;
  std::string signature;
};

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<json::object> object_in(std::string_view part) {
  auto bytes = from_base64url(part);
  if (!bytes) return std::nullopt;
  auto value = parse_json(*bytes, "a part of a token");
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::optional<Parts> take_apart(std::string_view token) {
  auto parts = split(token, '.');
  if (parts.size() != 3 || token.size() > kLongest) return std::nullopt;
  auto header = object_in(parts[0]), claims = object_in(parts[1]);
  auto signature = from_base64url(parts[2]);
  if (!header || !claims || !signature) return std::nullopt;
  return Parts{std::move(*header), std::move(*claims), token.substr(0, token.size() - parts[2].size() - 1),
               std::move(*signature)};
}

// ES256 is two numbers side by side (RFC 7518 section 3.4); OpenSSL takes them as DER.
std::string der_of(std::string_view pair) {
  if (pair.size() != kEs256Bytes) return {};
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(), ECDSA_SIG_free);
  auto half = static_cast<int>(kEs256Bytes / 2);
  auto* r = BN_bin2bn(raw(pair), half, nullptr);
  auto* s = BN_bin2bn(raw(pair) + half, half, nullptr);
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string out = size > 0 ? std::string(reinterpret_cast<char*>(der), static_cast<size_t>(size)) : std::string();
  OPENSSL_free(der);
  return out;
}

bool signed_by(const JwtKey& key, const Parts& parts) {
  auto signature = key.algorithm == "ES256" ? der_of(parts.signature) : parts.signature;
  if (signature.empty()) return false;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.key.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(parts.signed_text),
                          parts.signed_text.size()) == 1;
}

std::optional<int64_t> seconds(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  if (value->is_double() && value->get_double() > 0 && value->get_double() < 1e11) {
    return static_cast<int64_t>(value->get_double());
  }
  return std::nullopt;
}

std::vector<std::string> audience(const json::object& claims) {
  const auto* value = claims.if_contains("aud");
  std::vector<std::string> all;
  if (value && value->is_string()) all.emplace_back(value->get_string());
  if (value && value->is_array()) {
    for (const auto& one : value->get_array()) all.push_back(scalar_text(one));
  }
  return all;
}

std::unexpected<Error> amiss(std::string_view what) {
  return fail(ErrorCode::denied, fmt::format("the identity provider's token is not good: {}", what));
}

}  // namespace

std::string key_id_of(std::string_view token) {
  auto parts = take_apart(token);
  return parts ? text(parts->header, "kid") : "";
}

Result<json::object> verify_jwt(std::string_view token, const std::vector<JwtKey>& keys) {
  auto parts = take_apart(token);
  if (!parts) return fail(ErrorCode::malformed, "the identity provider's token is no signed JSON Web Token");
  if (parts->header.contains("crit")) return amiss("it has extensions that must be understood");
  auto algorithm = text(parts->header, "alg"), id = text(parts->header, "kid");
  const JwtKey* chosen = nullptr;
  size_t fit = 0;
  for (const auto& key : keys) {
    if (id.empty() ? key.algorithm != algorithm : key.id != id) continue;
    if (key.algorithm == algorithm || !chosen) chosen = &key;
    if (key.algorithm == algorithm) ++fit;
  }
  if (!chosen) {
    return fail(ErrorCode::malformed, "the identity provider's token was signed with a key that it does not publish");
  }
  if (chosen->algorithm != algorithm) return amiss("its algorithm is not the key's");
  if (fit != 1) return fail(ErrorCode::malformed, "the identity provider's token may be of several keys");
  if (!signed_by(*chosen, *parts)) return amiss("its signature is wrong");
  return std::move(parts->claims);
}

Result<void> check_id_token(const json::object& claims, const IdTokenRules& rules, Time now) {
  auto at = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (text(claims, "iss") != rules.issuer) return amiss("it is another issuer's");
  auto subject = text(claims, "sub");
  if (subject.empty() || subject.size() > 255) return amiss("it names nobody");
  auto meant_for = audience(claims);
  if (std::ranges::find(meant_for, rules.client_id) == meant_for.end()) return amiss("it is meant for another client");
  const auto* party = claims.if_contains("azp");
  if ((party || meant_for.size() > 1) && text(claims, "azp") != rules.client_id) {
    return amiss("it was issued to another client");
  }
  auto expires = seconds(claims, "exp"), issued = seconds(claims, "iat"), from = seconds(claims, "nbf");
  if (!expires || at >= *expires + kSkew) return amiss("it has expired; compare the clocks of the two servers");
  if (!issued || *issued > at + kSkew) return amiss("it is of the future; compare the clocks of the two servers");
  if (claims.contains("nbf") && (!from || *from > at + kSkew)) return amiss("it is of the future");
  if (!rules.nonce.empty() && !equal_secrets(text(claims, "nonce"), rules.nonce)) {
    return amiss("it was asked for by another browser");
  }
  return {};
}

}  // namespace cadastre::auth
