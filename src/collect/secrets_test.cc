#include "collect/secrets.h"

#include <doctest/doctest.h>

namespace cadastre::collect {
namespace {

const StandIn kStar = [](std::string_view) { return "*"; };

std::string text(std::string_view text) { return without_secrets(text, kStar); }

std::string document(std::string_view source) {
  auto value = parse_json(source, "a test's document");
  REQUIRE_MESSAGE(value, std::string(source));
  replace_secrets(*value, kStar);
  return to_json(*value);
}

}  // namespace

TEST_CASE("names that say secret, and names that are only about one") {
  for (const char* name : {"password", "db.password", "API_TOKEN", "X-Api-Key", "clientSecret", "aws_secret_access_key",
                           "secretKey", "MYSQL_ROOT_PASSWORD", "passphrase", "Authorization"})
    CHECK_MESSAGE(names_secret(name), name);
  for (const char* name : {"name", "secretName", "secretKeyRef", "imagePullSecretNames", "token-ttl", "passwordFile",
                           "tokenExpirationSeconds", "tokenPath", "secretNamespace", "keys", "author", ""})
    CHECK_MESSAGE(!names_secret(name), name);
}

TEST_CASE("of a text only the secret goes") {
  for (const auto& [before, after] : std::vector<std::pair<const char*, const char*>>{
           {"--password=hunter22", "--password=*"},
           {"--db-password='with space'", "--db-password='* space'"},
           {"export DB_PASSWORD=abc; run --token xyz --verbose", "export DB_PASSWORD=*; run --token * --verbose"},
           {"postgres://user:hunter2@db.internal:5432/shop", "postgres://user:*@db.internal:5432/shop"},
           {"redis://:p@ss@cache:6379", "redis://:*@cache:6379"},
           {"https://0123456789abcdef0123@github.com/x", "https://*@github.com/x"},
           {"Bearer abc.def", "Bearer *"},
           {"{\"password\":\"hunter2222\"}", "{\"password\":\"*\"}"},
           {"key AKIAIOSFODNN7EXAMPLE here", "key * here"},
           {"use x7Kq2ZpL9vRt4WmYb8NdHs3F now", "use * now"},
           {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "*"}}) {
    CHECK(text(before) == after);
  }
}

TEST_CASE("what only looks a little like a secret stays") {
  for (const char* innocent :
       {"--listen=:8080", "--token-ttl=5m", "--automount-token=true", "--password=$(DB_PASSWORD)",
        "--password=", "/app/migrate --wait", "https://user@host/path", "http://host/a@b",
        "arn:aws:iam::111111111111:role/Token=Reader",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "containerd://9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "6c4a4e29-6aae-534e-8c7e-ecbba0223a66", "registry.example.com/team/app:v1.2.3-20260101T101010Z",
        "failed to fetch anonymous token: unexpected status from GET request", "secret \"shop-tls\" not found",
        "ip-10-0-16-10.ec2.internal", "aws:///eu-west-1a/i-0123456789abcdef0", "MountVolume.SetUp failed", ""})
    CHECK(text(innocent) == innocent);
}

TEST_CASE("in documents the members' names count, and references stay") {
  CHECK(document(R"({"password":"abcdef","user":"u","port":5432,"token":1234567,"secret":true})") ==
        R"({"password":"*","user":"u","port":5432,"token":"*","secret":true})");
  CHECK(document(R"([{"name":"db.password","value":"x1"},{"name":"replicas","value":"3"}])") ==
        R"([{"name":"db.password","value":"*"},{"name":"replicas","value":"3"}])");
  CHECK(document(R"({"args":["--token","abc","--password=x9","run"]})") ==
        R"({"args":["--token","*","--password=*","run"]})");
  CHECK(document(R"({"secrets":{"db":"abcdef","nested":{"list":["one12","two34"]}}})") ==
        R"({"secrets":{"db":"*","nested":{"list":["*","*"]}}})");
  for (const char* innocent :
       {R"({"secret":{"secretName":"tls","items":[{"key":"a","path":"b"}]}})",
        R"({"serviceAccountToken":{"path":"token","audience":"sts.amazonaws.com","expirationSeconds":3607}})",
        R"({"secretKeyRef":{"name":"db","key":"password"}})", R"({"imagePullSecrets":[{"name":"regcred"}]})",
        R"({"automountServiceAccountToken":true})", R"({"hard":{"secrets":"10","count/secrets":"20"}})"})
    CHECK(document(innocent) == innocent);
}

TEST_CASE("what was replaced once is given to the stand-in again, whole") {
  std::vector<std::string> given;
  StandIn keep = [&](std::string_view secret) {
    given.emplace_back(secret);
    return secret.starts_with("hmac:") ? std::string(secret) : "hmac:0123456789abcdef0123456789abcdef";
  };
  for (const char* secret : {"--password=x9", "postgres://user:hunter2@db:5432/x", "Bearer abcdef"}) {
    auto once = without_secrets(secret, keep);
    CHECK(once != secret);
    CHECK(without_secrets(once, keep) == once);
    CHECK(given.back() == "hmac:0123456789abcdef0123456789abcdef");
  }
}

}  // namespace cadastre::collect
