#include "kubernetes/dump_place.h"

#include <doctest/doctest.h>

#include "kubernetes/notice.h"
#include "kubernetes/owners.h"

namespace cadastre::kubernetes {
namespace {

TEST_CASE("where a dump lies follows from the key") {
  auto place = place_of("clusters/prod-eu/2026/11/21/20261121T154000Z-4711/pods.1.json.gz", "clusters/prod-eu/");
  REQUIRE(place);
  CHECK(place->dump == "20261121T154000Z-4711");
  CHECK(place->folder == "clusters/prod-eu/2026/11/21/20261121T154000Z-4711/");
  CHECK(place->file == "pods.1.json.gz");
  for (const char* key : {
           "clusters/prod-us/2026/11/21/20261121T154000Z-1/manifest.json",
           "clusters/prod-eu/20261121T154000Z-1/manifest.json",
           "clusters/prod-eu/2026/11/21/latest/manifest.json",
           "clusters/prod-eu/2026/11/21/20261121T154000Z-1/",
           "clusters/prod-eu/2026/11/21/20261121T154000Z-1/a/manifest.json",
           "clusters/prod-eu/2026/xx/21/20261121T154000Z-1/manifest.json",
           "clusters/prod-eu/2026/11/21/20261321T154000Z-1/manifest.json",  // there is no month 13
           "clusters/prod-eu/2026/11/21/20261121T154000Z-a b/manifest.json",
           "",
       }) {
    CAPTURE(key);
    CHECK_FALSE(place_of(key, "clusters/prod-eu/"));
  }
  CHECK(dump_time("20261121T154000Z-4711") == parse_rfc3339("2026-11-21T15:40:00Z"));
  CHECK_FALSE(dump_time("20261121T154000Z"));
}

TEST_CASE("a listing begins where the dumps of an instant do") {
  auto after = keys_after("c/", *parse_rfc3339("2026-11-21T15:40:00.5Z"));
  CHECK(after == "c/2026/11/21/20261121T154000Z");
  CHECK(std::string("c/2026/11/21/20261121T154000Z-1/a") > after);
  CHECK(std::string("c/2026/11/21/20261121T153959Z-1/a") < after);
  CHECK(std::string("c/2026/11/20/20261120T235959Z-1/a") < after);
}

TEST_CASE("places in the ledger") {
  CHECK(s3_url("b", "a/c/") == "s3://b/a/c/");
  auto place = parse_s3_url("s3://b/a/c/");
  REQUIRE(place);
  CHECK(place->bucket == "b");
  CHECK(place->key == "a/c/");
  for (const char* url : {"", "s3://", "s3:///a", "http://b/a", "s3://b"}) CHECK_FALSE(parse_s3_url(url));
}

// Messages as AWS's guides show them, cut to what is read.
TEST_CASE("what a queue's messages say") {
  auto s3 = parse_notice(R"({"Records":[
      {"eventSource":"aws:s3","eventTime":"2026-11-21T15:40:09.123Z","eventName":"ObjectCreated:Put",
       "s3":{"bucket":{"name":"drop"},"object":{"key":"a+b%2Fc/manifest.json","size":1}}},
      {"eventSource":"aws:s3","eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"drop"},"object":{"key":"x"}}}]})");
  CHECK(s3.kind == Notice::Kind::objects);
  REQUIRE(s3.objects.size() == 1);
  CHECK(s3.objects[0].bucket == "drop");
  CHECK(s3.objects[0].key == "a b/c/manifest.json");
  CHECK(s3.objects[0].put == parse_rfc3339("2026-11-21T15:40:09.123Z"));

  auto bridge = parse_notice(R"({"source":"aws.s3","detail-type":"Object Created","time":"2026-11-21T15:40:09Z",
      "detail":{"bucket":{"name":"drop"},"object":{"key":"a b/manifest.json"}}})");
  REQUIRE(bridge.objects.size() == 1);
  CHECK(bridge.objects[0].key == "a b/manifest.json");

  auto topic = parse_notice(
      R"({"Type":"Notification","Message":"{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\",)"
      R"(\"s3\":{\"bucket\":{\"name\":\"drop\"},\"object\":{\"key\":\"k\"}}}]}"})");
  REQUIRE(topic.objects.size() == 1);
  CHECK(topic.objects[0].key == "k");
  CHECK_FALSE(topic.objects[0].put);

  CHECK(parse_notice(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"drop"})").kind == Notice::Kind::test);
  for (const char* body : {"", "hello", "[]", "{}", R"({"Records":[{"eventSource":"aws:sqs"}]})", R"({"Records":[7]})",
                           R"({"Type":"Notification","Message":"{\"Type\":\"Notification\",\"Message\":\"{}\"}"})"}) {
    CAPTURE(body);
    CHECK(parse_notice(body).kind == Notice::Kind::foreign);
  }
}

TEST_CASE("whose a key is") {
  KubernetesConfig config;
  DropboxConfig box;
  box.bucket = "drop";
  box.prefix = "clusters/";
  box.discover = {"222222222222", "us-east-1", std::chrono::minutes(5)};
  config.dropboxes = {box};
  config.clusters = {{"prod", "111111111111", "eu-west-1", "main", "drop", "special/prod/", std::chrono::minutes(1)},
                     {"elsewhere", "111111111111", "eu-west-1", "", "other", "elsewhere/", std::chrono::minutes(1)}};
  Owners owners(config);
  auto owner = owners.of("drop", "special/prod/2026/x");
  REQUIRE(owner);
  CHECK(owner->cluster.name == "prod");
  CHECK(owner->cluster.account == "111111111111");
  CHECK(owner->cluster.eks == "main");
  CHECK(owner->prefix == "special/prod/");
  auto found = owners.of("drop", "clusters/edge/2026/x");
  REQUIRE(found);
  CHECK(found->cluster.name == "edge");
  CHECK(found->cluster.account == "222222222222");
  CHECK(found->cluster.region == "us-east-1");
  CHECK(found->prefix == "clusters/edge/");
  CHECK_FALSE(owners.of("drop", "clusters/file"));         // in no folder
  CHECK_FALSE(owners.of("drop", "clusters/elsewhere/x"));  // that name is another bucket's
  CHECK_FALSE(owners.of("drop", "clusters/prod/x"));       // that name is another folder's
  CHECK_FALSE(owners.of("drop", "special/x"));
  CHECK_FALSE(owners.of("nobodys", "clusters/edge/x"));
  std::vector<std::string> names;
  for (const auto& one : owners.in(box, {"clusters/edge/", "clusters/prod/", "clusters/lab/"}))
    names.push_back(one.cluster.name);
  CHECK(names == std::vector<std::string>{"prod", "edge", "lab"});
}

}  // namespace
}  // namespace cadastre::kubernetes
