#include "aws/endpoint.h"

#include <doctest/doctest.h>

namespace cadastre::aws {
namespace {

// Two partitions, a regional, a global and a half-known service.
constexpr std::string_view kTable = R"({
  "partitions": [
    {"name": "aws", "prefixes": ["us", "eu"], "global_region": "us-east-1",
     "regions": ["eu-west-1", "us-east-1", "us-west-2"], "pseudo": ["aws-global"]},
    {"name": "aws-us-gov", "prefixes": ["us-gov"], "global_region": "us-gov-west-1", "regions": ["us-gov-west-1"], "pseudo": []}],
  "services": {
    "queue": {"partitions": {
       "aws": {"url": "https://queue.{region}.example.com", "listed": "110",
               "except": {"us-west-2": {"url": "https://old.example.com", "signing_region": "us-east-1", "signing_name": "q"},
                          "eu-west-1": null}},
       "aws-us-gov": {"listed": "0"}},
       "other": {"local": {"url": "http://localhost:8000", "signing_region": "us-east-1"}}},
    "queue.ListDepots": {"partitions": {"aws": {"url": "https://depots.{region}.example.com", "signing_name": "depots"}}},
    "people": {"global": true, "partitions": {"aws": {"url": "https://people.example.com", "signing_region": "us-east-1"}}}}})";

Endpoints table() { return Endpoints::parse(kTable).value(); }

TEST_CASE("a template takes the region, and the signature names it") {
  auto endpoint = table().resolve("queue", "us-east-1").value();
  CHECK(endpoint.url == "https://queue.us-east-1.example.com");
  CHECK(endpoint.signing_region == "us-east-1");
  CHECK(endpoint.signing_name == "");
}

TEST_CASE("a region that is newer than the table is resolved by its partition's template") {
  CHECK(table().resolve("queue", "eu-middle-3").value().url == "https://queue.eu-middle-3.example.com");
  CHECK(table().available("queue", "eu-middle-3"));
}

TEST_CASE("exceptions are taken as they stand") {
  auto endpoint = table().resolve("queue", "us-west-2").value();
  CHECK(endpoint.url == "https://old.example.com");
  CHECK(endpoint.signing_region == "us-east-1");
  CHECK(endpoint.signing_name == "q");
  CHECK(table().resolve("queue", "local").value().url == "http://localhost:8000");
}

TEST_CASE("an operation may live apart from its service") {
  CHECK(table().resolve("queue", "us-east-1", "ListDepots").value().url == "https://depots.us-east-1.example.com");
  CHECK(table().resolve("queue", "us-east-1", "ListDepots").value().signing_name == "depots");
  CHECK(table().resolve("queue", "us-east-1", "ListQueues").value().url == "https://queue.us-east-1.example.com");
}

TEST_CASE("a region that cannot be is an error that says what was meant") {
  auto error = table().resolve("queue", "us-west2").error();
  CHECK(error.code == ErrorCode::invalid);
  CHECK(error.message == "there is no AWS region 'us-west2' (did you mean 'us-west-2'?)");
  for (auto region : {"", "us", "us-east", "us-east-", "us--1", "us-east-1x", "us-e.st-1", "us-east-1/#", "us-east-1-1",
                      "xx-east-1", "us-gov-x"}) {
    CAPTURE(region);
    CHECK(table().resolve("queue", region).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("a service without an endpoint in a region is unsupported there") {
  CHECK(table().resolve("queue", "us-gov-west-1").error().message ==
        "the service 'queue' has no endpoint in the region us-gov-west-1");
  CHECK(table().resolve("queue", "eu-west-1").error().code == ErrorCode::unsupported);
  CHECK(table().resolve("queu", "us-east-1").error().message ==
        "there is no AWS service 'queu' (did you mean 'queue'?)");
}

TEST_CASE("partitions are told apart by the whole form of a region") {
  CHECK(table().partition("us-west-2") == "aws");
  CHECK(table().partition("us-gov-west-1") == "aws-us-gov");
  CHECK(table().partition("us-gov-north-9") == "aws-us-gov");
  CHECK(table().partition("aws-global") == "aws");
  CHECK(table().partition("moon-base") == "aws");
  CHECK(table().global_region("aws-us-gov") == "us-gov-west-1");
  CHECK(table().regions("aws") == std::vector<std::string>{"eu-west-1", "us-east-1", "us-west-2"});
  CHECK(table().regions("aws-moon").empty());
}

TEST_CASE("global services, and where a service is listed") {
  CHECK(table().is_global("people"));
  CHECK_FALSE(table().is_global("queue"));
  CHECK_FALSE(table().is_global("nobody"));
  CHECK(table().available("queue", "us-east-1"));
  CHECK_FALSE(table().available("queue", "us-west-2"));
  CHECK_FALSE(table().available("queue", "us-gov-west-1"));
  CHECK(table().available("people", "us-west-2"));
  CHECK(table().available("nobody", "us-west-2"));
  auto global = table().resolve("people", "eu-west-1").value();
  CHECK(global.url == "https://people.example.com");
  CHECK(global.signing_region == "us-east-1");
}

TEST_CASE("a table that makes no sense is malformed") {
  for (
      auto text :
      {"", "[]", "{}", R"({"partitions": [], "services": {}})",
       R"({"partitions": [{"name": "aws"}], "services": {"a": 1}})",
       R"({"partitions": [{"name": "aws", "regions": ["r"]}], "services": {"a": {"partitions": {"aws": {"listed": "10"}}}}})"}) {
    CAPTURE(text);
    REQUIRE_FALSE(Endpoints::parse(text));
    CHECK(Endpoints::parse(text).error().code == ErrorCode::malformed);
  }
}

}  // namespace
}  // namespace cadastre::aws
