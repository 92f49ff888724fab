#include "aws/bucket.h"

#include "aws/queue.h"
#include "support/aws_client.h"

using namespace cadastre;
using namespace cadastre::aws;
using namespace cadastre::testing;

namespace {

Bucket bucket_of(ScriptedClient& scripted) { return {scripted.client(), scripted.session, "eu-west-1", "drop"}; }
Queue queue_of(ScriptedClient& scripted) {
  return {scripted.client(), scripted.session, "eu-west-1", "https://sqs.eu-west-1.amazonaws.com/111111111111/q"};
}

HttpResponse s3_fault(int status, std::string_view code) {
  return http_answer(status, fmt::format("<Error><Code>{}</Code><Message>m</Message></Error>", code));
}

}  // namespace

TEST_CASE("stanzas cannot name what is spelled out") {
  for (auto [service, operation] :
       {std::pair{"s3", "GetObject"}, {"s3", "ListObjectsV2"}, {"sqs", "ReceiveMessage"}, {"sqs", "DeleteMessage"}}) {
    auto found = ScriptedClient::models().operation(service, operation);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::refused);
  }
}

TEST_CASE("a bucket is listed page by page") {
  ScriptedClient scripted({http_answer(200, R"(<?xml version="1.0"?><ListBucketResult>
      <IsTruncated>true</IsTruncated><NextContinuationToken>t/1=</NextContinuationToken>
      <Contents><Key>a/b&amp;c</Key><Size>12</Size><LastModified>2026-11-21T09:02:55.000Z</LastModified></Contents>
      </ListBucketResult>)"),
                           http_answer(200, R"(<ListBucketResult><IsTruncated>false</IsTruncated>
      <CommonPrefixes><Prefix>a/d/</Prefix></CommonPrefixes></ListBucketResult>)")});
  std::vector<ObjectPage> pages;
  REQUIRE(bucket_of(scripted).list({.prefix = "a/", .after = "a/a b", .folders = true}, {}, [&](const auto& page) {
    pages.push_back(page);
    return true;
  }));
  REQUIRE(pages.size() == 2);
  REQUIRE(pages[0].objects.size() == 1);
  CHECK(pages[0].objects[0].key == "a/b&c");
  CHECK(pages[0].objects[0].bytes == 12);
  CHECK(pages[0].objects[0].modified == parse_rfc3339("2026-11-21T09:02:55Z"));
  CHECK(pages[1].folders == std::vector<std::string>{"a/d/"});
  auto requests = scripted.http.requests();
  const auto& url = requests.at(0).url;
  CHECK(url.starts_with("https://drop.s3.eu-west-1.amazonaws.com/?"));
  for (const char* parameter : {"list-type=2", "prefix=a%2F", "start-after=a%2Fa%20b", "delimiter=%2F"})
    CHECK_MESSAGE(url.find(parameter) != std::string::npos, url);
  CHECK(requests.at(1).url.find("continuation-token=t%2F1%3D") != std::string::npos);
}

TEST_CASE("an object comes piece by piece, and stays the same object") {
  ScriptedClient scripted({http_answer(206, "0123", {{"Content-Range", "bytes 0-3/6"}, {"ETag", "\"e\""}}),
                           http_answer(206, "45", {{"Content-Range", "bytes 4-5/6"}, {"ETag", "\"e\""}}),
                           s3_fault(416, "InvalidRange"), s3_fault(412, "PreconditionFailed")});
  auto bucket = bucket_of(scripted);
  auto first = bucket.read("k/ä", 0, 4, "", {});
  REQUIRE(first);
  CHECK(first->bytes == "0123");
  CHECK(first->size == 6);
  CHECK(first->etag == "\"e\"");
  CHECK(bucket.read("k/ä", 4, 4, first->etag, {})->bytes == "45");
  CHECK(bucket.read("k/ä", 6, 4, first->etag, {})->bytes.empty());
  auto replaced = bucket.read("k/ä", 0, 4, first->etag, {});
  REQUIRE_FALSE(replaced);
  CHECK(replaced.error().message == "s3://drop/k/ä was replaced while it was read");
  auto requests = scripted.http.requests();
  CHECK(requests.at(0).url == "https://drop.s3.eu-west-1.amazonaws.com/k/%C3%A4");
  CHECK(header_of(requests.at(0), "Range") == "bytes=0-3");
  CHECK(header_of(requests.at(0), "If-Match") == "");
  CHECK(header_of(requests.at(1), "Range") == "bytes=4-7");
  CHECK(header_of(requests.at(1), "If-Match") == "\"e\"");
}

TEST_CASE("another piece than was asked for is an error, never a part that is taken for the whole") {
  ScriptedClient scripted({http_answer(206, "012345", {{"Content-Range", "bytes 0-5/6"}})});
  CHECK(bucket_of(scripted).read("k", 0, 4, "", {}).error().code == ErrorCode::malformed);
  ScriptedClient whole({http_answer(200, "012345")});
  CHECK(bucket_of(whole).read("k", 0, 4, "", {})->size == 6);
  CHECK(bucket_of(whole).read("k", 4, 4, "", {}).error().code == ErrorCode::malformed);
}

TEST_CASE("what is not there, and what may not be seen") {
  ScriptedClient gone({s3_fault(404, "NoSuchKey")});
  auto missing = bucket_of(gone).read("k", 0, 4, "", {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message == "s3://drop/k is not there");
  ScriptedClient no_bucket({s3_fault(404, "NoSuchBucket")});
  auto listed = bucket_of(no_bucket).list({}, {}, [](const auto&) { return true; });
  CHECK(listed.error().message == "s3://drop/ is not there, for there is no such bucket");
  ScriptedClient denied({s3_fault(403, "AccessDenied")});
  CHECK(bucket_of(denied).read("k", 0, 4, "", {}).error().code == ErrorCode::denied);
}

TEST_CASE("messages are received, and taken away") {
  ScriptedClient scripted(
      {http_answer(200, R"({"Messages":[{"MessageId":"m","ReceiptHandle":"h/1","MD5OfBody":"x","Body":"{}"}]})"),
       http_answer(200, "{}"), http_answer(200, "")});
  auto queue = queue_of(scripted);
  auto messages = queue.receive(std::chrono::seconds(20), std::chrono::minutes(2), {});
  REQUIRE(messages);
  REQUIRE(messages->size() == 1);
  CHECK(messages->front().body == "{}");
  CHECK(queue.receive(Millis(0), Millis(1), {})->empty());
  REQUIRE(queue.remove(messages->front(), {}));
  auto requests = scripted.http.requests();
  CHECK(requests.at(0).url == "https://sqs.eu-west-1.amazonaws.com/");
  CHECK(header_of(requests.at(0), "X-Amz-Target") == "AmazonSQS.ReceiveMessage");
  auto asked = parse_json(requests.at(0).body, "it");
  REQUIRE(asked);
  CHECK(asked->at("QueueUrl") == "https://sqs.eu-west-1.amazonaws.com/111111111111/q");
  CHECK(asked->at("WaitTimeSeconds") == 20);
  CHECK(asked->at("VisibilityTimeout") == 120);
  CHECK(header_of(requests.at(2), "X-Amz-Target") == "AmazonSQS.DeleteMessage");
  CHECK(parse_json(requests.at(2).body, "it")->at("ReceiptHandle") == "h/1");
  ScriptedClient none({http_answer(400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"})")});
  auto missing = queue_of(none).receive(Millis(0), Millis(1), {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message == "there is no queue https://sqs.eu-west-1.amazonaws.com/111111111111/q");
}
