#include "config/kubernetes.h"

#include <doctest/doctest.h>

#include "config/config.h"

namespace cadastre {
namespace {

Result<Config> parse(const std::string& text) {
  ConfigEnvironment environment{
      [](const char* name) { return std::string_view(name) == "ROLE" ? "x" : nullptr; },
      [](const std::string& path) -> Result<std::string> { return fail(ErrorCode::not_found, "there is no " + path); }};
  return parse_config("accounts: [{id: \"111111111111\", name: prod}]\n" + text, "c.yaml", environment);
}

KubernetesConfig read(const std::string& text) {
  auto config = parse(text);
  REQUIRE_MESSAGE(config, config.error().message);
  return config->kubernetes;
}

std::string refusal(const std::string& text) {
  auto config = parse("kubernetes:\n" + text);
  REQUIRE_FALSE(config);
  return config.error().message;
}

TEST_CASE("without a word about clusters there are none") { CHECK(read("") == KubernetesConfig()); }

TEST_CASE("drop-boxes and clusters") {
  auto config = read(R"(kubernetes:
  dropboxes:
    - bucket: drop
      region: eu-west-1
      account: prod
      queue: https://sqs.eu-west-1.amazonaws.com/111111111111/drop
      prefix: clusters
      discover: {account: "222222222222", region: us-east-1, every: 10m}
    - {bucket: other, region: eu-west-1, profile: reader, role: "arn:aws:iam::333333333333:role/${ROLE}", external_id: e, every: 1m}
  clusters:
    - {name: prod-eu, account: "111111111111", region: eu-west-1, bucket: drop, eks: main, every: 15m}
    - {name: edge, account: "222222222222", region: eu-west-2, bucket: other, prefix: edge/of/the/world}
  late: 5
)");
  REQUIRE(config.dropboxes.size() == 2);
  const auto& drop = config.dropboxes[0];
  CHECK(drop.account == "111111111111");
  CHECK(drop.queue == "https://sqs.eu-west-1.amazonaws.com/111111111111/drop");
  CHECK(drop.prefix == "clusters/");
  CHECK(drop.every == std::chrono::minutes(15));
  REQUIRE(drop.discover);
  CHECK(*drop.discover == DropboxConfig::Discover{"222222222222", "us-east-1", std::chrono::minutes(10)});
  const auto& other = config.dropboxes[1];
  CHECK(other.account.empty());
  CHECK(other.profile == "reader");
  CHECK(other.role == "arn:aws:iam::333333333333:role/x");
  CHECK(other.external_id == "e");
  CHECK(other.every == std::chrono::minutes(1));
  CHECK_FALSE(other.discover);
  REQUIRE(config.clusters.size() == 2);
  const ClusterConfig first{"prod-eu",           "111111111111",          "eu-west-1", "main", "drop",
                            "clusters/prod-eu/", std::chrono::minutes(15)};
  CHECK(config.clusters[0] == first);
  CHECK(config.clusters[1].prefix == "edge/of/the/world/");
  CHECK(config.clusters[1].every == std::chrono::minutes(5));
  CHECK(config.late == 5);
}

TEST_CASE("the only drop-box need not be named, and dumps may be read by hand alone") {
  auto config = read(
      "kubernetes: {dropboxes: [{bucket: b, region: eu-west-1, account: prod}], clusters: [{name: a, "
      "account: prod, region: eu-west-1}]}\n");
  CHECK(config.dropboxes[0].every == std::chrono::seconds(30));
  CHECK(config.clusters[0].bucket == "b");
  CHECK(config.clusters[0].prefix == "a/");
  CHECK(read("kubernetes: {clusters: [{name: a, account: prod, region: eu-west-1}]}\n").clusters[0].bucket.empty());
}

TEST_CASE("what cannot be meant is refused where it stands") {
  const std::string box = "  dropboxes: [{bucket: b, region: eu-west-1, account: prod}]\n";
  const std::string two =
      "  dropboxes: [{bucket: b, region: eu-west-1, account: prod}, {bucket: c, region: eu-west-1, "
      "account: prod}]\n";
  for (const auto& [text, message] : std::initializer_list<std::pair<std::string, std::string_view>>{
           {"  dropboxes: [{region: eu-west-1, account: prod}]\n", "c.yaml:3:15: dropbox lacks 'bucket'"},
           {"  dropboxes: [{bucket: b/c, region: eu-west-1, account: prod}]\n",
            "c.yaml:3:24: 'b/c' is no bucket's name"},
           {"  dropboxes: [{bucket: b, region: Ireland, account: prod}]\n", "'Ireland' is not a region"},
           {"  dropboxes: [{bucket: b, region: eu-west-1}]\n", "'account'"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: dev}]\n", "'dev' is neither an account id"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: \"222222222222\"}]\n",
            "there is no account 222222222222 under 'accounts'"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod, profile: p}]\n", "give either an account"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, role: admin}]\n", "'admin' is not the ARN of a role"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod, queue: drop}]\n", "'drop' is no queue's URL"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod, prefix: /a}]\n", "'/a' has an empty folder"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod, every: 1s}]\n", "less than 10s"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod, discover: {region: eu-west-1}}]\n",
            "'account'"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod, quue: x}]\n", "quue"},
           {"  dropboxes: [{bucket: b, region: eu-west-1, account: prod}, {bucket: b, region: eu-west-1, account: "
            "prod}]\n",
            "the bucket b is given twice"},
           {box + "  clusters: [{name: a b, account: prod, region: eu-west-1}]\n",
            "c.yaml:4:21: 'a b' is no cluster's"},
           {box + "  clusters: [{name: a, account: prod, region: eu-west-1, bucket: x}]\n", "there is no 'x' under"},
           {two + "  clusters: [{name: a, account: prod, region: eu-west-1}]\n", "there are several drop-boxes"},
           {box + "  clusters: [{name: a, account: prod, region: eu-west-1}, {name: a, account: prod, region: "
                  "eu-west-1, prefix: b}]\n",
            "the cluster a is given twice"},
           {box + "  clusters: [{name: a, account: prod, region: eu-west-1}, {name: b, account: prod, region: "
                  "eu-west-1, prefix: a/b/}]\n",
            "'a/' and 'a/b/', lie in each other"},
           {"  late: 0\n", "c.yaml:3:9"},
       }) {
    CAPTURE(text);
    CHECK_MESSAGE(refusal(text).find(message) != std::string::npos, refusal(text));
  }
}

}  // namespace
}  // namespace cadastre
