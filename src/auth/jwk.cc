// JSON Web Keys as keys of OpenSSL.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "auth/jwt.h"
#include "auth/secret.h"

namespace cadastre::auth {
namespace {

constexpr size_t kFewestRsaBytes = 256, kMostRsaBytes = 1024, kCoordinate = 32;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* what) const {
    Free(what);
  }
};
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;

std::string text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Number number(std::string_view bytes) {
  return Number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> build(const char* kind, OSSL_PARAM_BLD* builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder));
  Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> rsa(const json::object& jwk) {
  auto n = from_base64url(text(jwk, "n")), e = from_base64url(text(jwk, "e"));
  if (!n || !e || n->size() < kFewestRsaBytes || n->size() > kMostRsaBytes || e->empty() || e->size() > 8)
    return nullptr;
  auto modulus = number(*n), exponent = number(*e);
  Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || !modulus || !exponent || BN_num_bits(modulus.get()) < 2048 || !BN_is_odd(exponent.get()) ||
      BN_is_one(exponent.get()) || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  return build("RSA", builder.get());
}

// OpenSSL refuses a point that is not on the curve.
std::shared_ptr<EVP_PKEY> p256(const json::object& jwk) {
  auto x = from_base64url(text(jwk, "x")), y = from_base64url(text(jwk, "y"));
  if (!x || !y || x->size() != kCoordinate || y->size() != kCoordinate) return nullptr;
  auto point = "\x04" + *x + *y;
  Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return build("EC", builder.get());
}

}  // namespace

Result<std::vector<JwtKey>> parse_jwks(std::string_view source) {
  TRY_ASSIGN(auto value, parse_json(source, "the identity provider's keys"));
  const auto* set = value.if_object();
  const auto* list = set ? set->if_contains("keys") : nullptr;
  if (!list || !list->is_array()) {
    return fail(ErrorCode::malformed, "the identity provider's keys are no JWK Set: there is no array 'keys'");
  }
  std::vector<JwtKey> keys;
  for (const auto& entry : list->get_array()) {
    const auto* jwk = entry.if_object();
    if (!jwk) continue;
    auto use = text(*jwk, "use"), named = text(*jwk, "alg"), kind = text(*jwk, "kty");
    if (!use.empty() && use != "sig") continue;
    JwtKey key{text(*jwk, "kid"), "", nullptr};
    if (kind == "RSA") {
      key.algorithm = "RS256";
      key.key = rsa(*jwk);
    } else if (kind == "EC" && text(*jwk, "crv") == "P-256") {
      key.algorithm = "ES256";
      key.key = p256(*jwk);
    }
    if (key.key && (named.empty() || named == key.algorithm)) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace cadastre::auth
