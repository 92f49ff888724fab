#include "auth/jwt.h"

#include <doctest/doctest.h>

#include "auth/oidc.h"
#include "auth/secret.h"

using namespace cadastre;
using namespace cadastre::auth;

namespace {

// RFC 7515, appendices A.2 (RS256) and A.3 (ES256): keys, and one payload signed with each.
const std::string kN =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
    "pCgNM"
    "sD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
    "UTo7WTBEMa2R2CapHg665xsmt"
    "dVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const std::string kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                  kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string kRsSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dn"
    "ZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
    "xi12jzDwusC"
    "-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const std::string kEsSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const std::string kRs256 = "eyJhbGciOiJSUzI1NiJ9." + kPayload + "." + kRsSignature;
const std::string kEs256 = "eyJhbGciOiJFUzI1NiJ9." + kPayload + "." + kEsSignature;

std::string rsa_jwk(const std::string& more = "") {
  return R"({"kty":"RSA","e":"AQAB","n":")" + kN + "\"" + more + "}";
}
std::string ec_jwk(const std::string& more = "") {
  return R"({"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kY + "\"" + more + "}";
}
std::vector<JwtKey> keys(const std::string& list) { return parse_jwks(R"({"keys":[)" + list + "]}").value(); }
std::string with_header(const std::string& header, const std::string& token) {
  return to_base64url(header) + token.substr(token.find('.'));
}
ErrorCode refusal(const std::string& token, const std::vector<JwtKey>& with) {
  auto result = verify_jwt(token, with);
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("the signatures of RFC 7515") {
  auto both = keys(rsa_jwk() + "," + ec_jwk());
  REQUIRE(both.size() == 2);
  for (const auto& token : {kRs256, kEs256}) {
    auto claims = verify_jwt(token, both);
    REQUIRE(claims.has_value());
    CHECK(claims->at("iss") == "joe");
    CHECK(claims->at("exp") == 1300819380);
  }
  // Each bit counts: of the payload and of the signature.
  for (const auto& token : {kRs256, kEs256}) {
    for (size_t at = token.find('.') + 1; at < token.size(); at += 7) {
      auto altered = token;
      altered[at] = altered[at] == 'A' ? 'B' : 'A';
      if (altered != token) CHECK_FALSE(verify_jwt(altered, both).has_value());
    }
  }
}

TEST_CASE("the algorithm is the key's, whatever the token says") {
  auto rsa = keys(rsa_jwk(R"(,"kid":"k1")"));
  CHECK(refusal(with_header(R"({"alg":"none","kid":"k1"})", kRs256), rsa) == ErrorCode::denied);
  CHECK(refusal(with_header(R"({"alg":"HS256","kid":"k1"})", kRs256), rsa) == ErrorCode::denied);
  CHECK(refusal(with_header(R"({"alg":"ES256","kid":"k1"})", kEs256), rsa) == ErrorCode::denied);
  CHECK(refusal(with_header(R"({"alg":"RS512","kid":"k1"})", kRs256), rsa) == ErrorCode::denied);
  CHECK(refusal(with_header(R"({"kid":"k1"})", kRs256), rsa) == ErrorCode::denied);
  // Without the name of a key: there is none for such an algorithm.
  CHECK(refusal(with_header(R"({"alg":"none"})", kRs256), rsa) == ErrorCode::malformed);
  CHECK(refusal(with_header(R"({"alg":"HS256"})", kRs256), rsa) == ErrorCode::malformed);
  CHECK(refusal(with_header(R"({"alg":"none"})", kPayload + "." + kPayload + "."), rsa) == ErrorCode::malformed);
  // Critical extensions are not understood: RFC 7515 section 4.1.11.
  CHECK(refusal(with_header(R"({"alg":"RS256","crit":["b64"],"b64":false})", kRs256), rsa) == ErrorCode::denied);
}

TEST_CASE("which key") {
  CHECK(key_id_of(with_header(R"({"alg":"RS256","kid":"k7"})", kRs256)) == "k7");
  CHECK(key_id_of(kRs256).empty());
  CHECK(key_id_of("nonsense").empty());
  // A name that is not there, and no name where there are several.
  CHECK(refusal(with_header(R"({"alg":"RS256","kid":"k2"})", kRs256), keys(rsa_jwk(R"(,"kid":"k1")"))) ==
        ErrorCode::malformed);
  CHECK(refusal(kRs256, keys(rsa_jwk(R"(,"kid":"k1")") + "," + rsa_jwk(R"(,"kid":"k2")"))) == ErrorCode::malformed);
  CHECK(refusal(kRs256, {}) == ErrorCode::malformed);
  for (auto nonsense : {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.", "W10.e30.AA", "e30.W10.AA"}) {
    CAPTURE(nonsense);
    CHECK(refusal(nonsense, keys(rsa_jwk())) == ErrorCode::malformed);
  }
}

TEST_CASE("keys that are not for signatures we know are passed over") {
  CHECK(keys(rsa_jwk(R"(,"use":"sig","alg":"RS256")") + "," + ec_jwk(R"(,"use":"sig","alg":"ES256")")).size() == 2);
  for (const auto& other :
       {rsa_jwk(R"(,"use":"enc")"), rsa_jwk(R"(,"alg":"RS512")"), rsa_jwk(R"(,"alg":"HS256")"),
        std::string(R"({"kty":"oct","k":"AAAA"})"), std::string(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})"),
        std::string(R"({"kty":"RSA","n":")" + kN + R"(","e":"AQ"})"), std::string("7"),
        std::string(R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})"),
        // Not a point of the curve.
        std::string(R"({"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kX + R"("})")}) {
    CAPTURE(other);
    CHECK(keys(other).empty());
  }
  for (auto broken : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":)"}) CHECK_FALSE(parse_jwks(broken).has_value());
}

TEST_CASE("what an ID token must say") {
  const Time now{std::chrono::seconds(1'767'323'045)};
  const IdTokenRules rules{"https://id.example", "cadastre", "n-1"};
  const std::string good =
      R"({"iss":"https://id.example","sub":"u1","aud":"cadastre","nonce":"n-1","iat":1767323000,"exp":1767323600})";
  auto check = [&](const std::string& member, const std::string& value) {
    auto claims = parse_json(good, "claims").value().get_object();
    if (value.empty()) {
      claims.erase(member);
    } else {
      claims[member] = parse_json(value, "a claim").value();
    }
    return check_id_token(claims, rules, now).has_value();
  };
  CHECK(check("unknown", "1"));
  for (auto [member, value] :
       std::initializer_list<std::pair<std::string, std::string>>{{"iss", "\"https://id.example/\""},
                                                                  {"iss", "\"https://evil.example\""},
                                                                  {"iss", ""},
                                                                  {"sub", ""},
                                                                  {"sub", "\"\""},
                                                                  {"sub", "7"},
                                                                  {"aud", "\"other\""},
                                                                  {"aud", ""},
                                                                  {"aud", "[]"},
                                                                  {"aud", "[\"other\"]"},
                                                                  {"aud", R"(["cadastre","other"])"},
                                                                  {"azp", "\"other\""},
                                                                  {"azp", "7"},
                                                                  {"exp", ""},
                                                                  {"exp", "\"1767323600\""},
                                                                  {"exp", "1767322925"},
                                                                  {"exp", "-1"},
                                                                  {"iat", ""},
                                                                  {"iat", "1767323166"},
                                                                  {"nbf", "1767323166"},
                                                                  {"nbf", "\"x\""},
                                                                  {"nonce", ""},
                                                                  {"nonce", "\"n-2\""},
                                                                  {"nonce", "\"\""}}) {
    CAPTURE(member);
    CAPTURE(value);
    CHECK_FALSE(check(member, value));
  }
  for (auto [member, value] : std::initializer_list<std::pair<std::string, std::string>>{
           {"aud", "[\"cadastre\"]"},
           {"azp", "\"cadastre\""},
           {"exp", "1767322926"},  // two minutes' grace, less a second
           {"iat", "1767323165"},
           {"nbf", "1767323165"},
           {"exp", "1767323600.5"}}) {
    CAPTURE(member);
    CAPTURE(value);
    CHECK(check(member, value));
  }
  auto several = parse_json(good, "claims").value().get_object();
  several["aud"] = json::array{"other", "cadastre"};
  several["azp"] = "cadastre";
  CHECK(check_id_token(several, rules, now).has_value());
}

TEST_CASE("the challenge of RFC 7636, appendix B") {
  CHECK(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}
