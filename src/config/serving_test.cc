#include "config/serving.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace cadastre {
namespace {

constexpr std::string_view kAccounts = "accounts: [{id: \"111111111111\"}]\n";

ConfigEnvironment environment() {
  return {[](const char* name) -> const char* { return name == std::string_view("SECRET") ? "s3cret" : nullptr; },
          [](const std::string& path) -> Result<std::string> { return fail(ErrorCode::not_found, "no " + path); }};
}

Config read(std::string_view text) {
  auto config = parse_config(std::string(kAccounts) + std::string(text), "/etc/c/c.yaml", environment());
  REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
  return std::move(*config);
}

std::string refusal(std::string_view text) {
  auto config = parse_config(std::string(kAccounts) + std::string(text), "c.yaml", environment());
  REQUIRE_FALSE_MESSAGE(config, std::string(text));
  return config.error().message;
}

TEST_CASE("what the server lives by") {
  auto config = read(
      "listen: '[::1]:8443'\npublic_url: https://cadastre.example.com/\ntls: {certificate: a.pem, key: /k.pem}\n"
      "trusted_proxies: [10.0.0.0/8, 'fd00::/8', 192.0.2.1]\nrequests_per_second: 50\nowner_tags: [squad]\n"
      "sign_in: {idle: 1h, longest: 2d}\n"
      "retention: {default: 400d, aws.sagemaker.training_job: {keep: 90d, keep_versions: 10}}\n");
  CHECK(config.listen == "[::1]:8443");
  CHECK(config.public_url == "https://cadastre.example.com");
  CHECK(config.tls_certificate == "/etc/c/a.pem");
  CHECK(config.tls_key == "/k.pem");
  CHECK(config.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "fd00::/8", "192.0.2.1"});
  CHECK(config.requests_per_second == 50);
  CHECK(config.owner_tags == std::vector<std::string>{"squad"});
  CHECK(config.sign_in.idle == std::chrono::hours(1));
  CHECK(config.sign_in.longest == std::chrono::days(2));
  CHECK(config.retention.at("default").keep == std::chrono::days(400));
  CHECK_FALSE(config.retention.at("default").versions);
  CHECK(config.retention.at("aws.sagemaker.training_job").keep == std::chrono::days(90));
  CHECK(config.retention.at("aws.sagemaker.training_job").versions == 10);
}

TEST_CASE("the access portal that console links lead through") {
  auto portal =
      read(
          "access_portal: {url: 'https://d-1234567890.awsapps.com/start/', role: ReadOnly, roles: {prod: Audit, "
          "\"222222222222\": 'See+It'}}\n")
          .access_portal;
  CHECK(portal.url == "https://d-1234567890.awsapps.com/start");
  CHECK(portal.role == "ReadOnly");
  CHECK(portal.roles == std::map<std::string, std::string>{{"prod", "Audit"}, {"222222222222", "See+It"}});
  CHECK(read("").access_portal.url.empty());
}

TEST_CASE("an identity provider") {
  auto config = read(
      "sign_in:\n  oidc:\n    issuer: https://id.example.com\n    client_id: cadastre\n    client_secret: ${SECRET}\n"
      "    groups_claim: roles\n    recheck: 2m\n"
      "    grants: [{group: platform, role: admin}, {group: team-a, role: viewer, accounts: [prod, "
      "\"111111111111\"]}]\n");
  REQUIRE(config.sign_in.oidc);
  CHECK(config.sign_in.oidc->client_secret == "s3cret");
  CHECK(config.sign_in.oidc->groups_claim == "roles");
  CHECK(config.sign_in.oidc->recheck == std::chrono::minutes(2));
  REQUIRE(config.sign_in.oidc->grants.size() == 2);
  CHECK(config.sign_in.oidc->grants[0].accounts.empty());
  CHECK(config.sign_in.oidc->grants[1].role == "viewer");
  CHECK(config.sign_in.oidc->grants[1].accounts == std::vector<std::string>{"prod", "111111111111"});
  CHECK(config.warnings.empty());
}

TEST_CASE("what cannot be meant is refused where it stands") {
  struct Case {
    std::string_view text, message;
  };
  for (const auto& [text, message] : std::initializer_list<Case>{
           {"listen: 8080\n", "c.yaml:2:9: '8080' is not HOST:PORT"},
           {"listen: ::1:80\n", "c.yaml:2:9: '::1:80' is not HOST:PORT"},
           {"listen: a:99999\n", "c.yaml:2:9: 'a:99999' is not HOST:PORT"},
           {"public_url: cadastre.example.com\n", "c.yaml:2:13: 'cadastre.example.com' is not how people reach"},
           {"public_url: https://a/b\n", "c.yaml:2:13: 'https://a/b' is not how people reach"},
           {"trusted_proxies: [10.0.0.0/33]\n", "'10.0.0.0/33' is no address and no network"},
           {"trusted_proxies: proxy.local\n", "'proxy.local' is no address and no network"},
           {"tls: {certificate: a.pem}\n", "'key'"},
           {"access_portal: {role: ReadOnly}\n", "'url'"},
           {"access_portal: {url: 'http://a/start', role: R}\n", "c.yaml:2:22: 'http://a/start' is no access portal"},
           {"access_portal: {url: 'https://a/start/#/', role: R}\n", "'https://a/start/#' is no access portal"},
           {"access_portal: {url: 'https://a/start'}\n", "access_portal needs the 'role'"},
           {"access_portal: {url: 'https://a/start', role: 'Read Only'}\n", "'Read Only' is no permission set's name"},
           {"access_portal: {url: 'https://a/start', roles: {prod: ''}}\n", "'' is no permission set's name"},
           {"access_portal: {url: 'https://a/start', role: R, rolls: {}}\n", "rolls"},
           {"retention: {default: 1m}\n", "less than 1h would leave nothing"},
           {"retention: {default: {}}\n", "say what is kept"},
           {"retention: {default: {keep_versions: 0}}\n", "c.yaml:2:38"},
           {"sign_in: {idle: 1s}\n", "'idle' must be at least 1m"},
           {"sign_in: {oidc: {issuer: 'https://x', client_id: c}}\n", "oidc needs 'grants'"},
           {"sign_in: {oidc: {issuer: 'http://x', client_id: c, grants: [{group: g, role: admin}]}}\n",
            "the issuer must be an https:// address"},
           {"sign_in: {oidc: {issuer: 'https://x', client_id: c, grants: [{group: g, role: root}]}}\n", "root"},
           {"sign_in: {oidc: {issuer: 'https://x', client_id: c, grants: [{group: g}]}}\n", "a grant needs a 'role'"},
           {"sign_in: {oidc: {issuer: 'https://x', client_id: c, grants: [{group: g, role: viewer, accounts: []}]}}\n",
            "no account is named"},
       }) {
    CAPTURE(text);
    CHECK_MESSAGE(refusal(text).find(message) != std::string::npos, refusal(text));
  }
}

}  // namespace
}  // namespace cadastre
