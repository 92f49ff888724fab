#include <doctest/doctest.h>

#include "aws/client.h"
#include "support/aws_client.h"

using namespace cadastre;
using namespace cadastre::aws;
using namespace cadastre::testing;

namespace {

Result<HttpResponse> page(std::string body) { return http_answer(200, std::move(body)); }

struct Listed {
  int pages = 0;
  std::optional<CallError> error;
};

Listed list(ScriptedClient& scripted, const Call& call) {
  Listed listed;
  auto done = scripted.client().pages(scripted.session, call, {}, [&](json::value&) { return ++listed.pages, true; });
  if (!done) listed.error = done.error();
  return listed;
}

json::value body_of(const HttpRequest& request) { return parse_json(request.body, "a request").value(); }

std::string records(std::string_view rest) {
  return fmt::format(
      "<ListResourceRecordSetsResponse><ResourceRecordSets></ResourceRecordSets>{}<MaxItems>300</MaxItems>"
      "</ListResourceRecordSetsResponse>",
      rest);
}

}  // namespace

TEST_CASE("pages follow their tokens, each as large as the model allows") {
  ScriptedClient scripted(
      {page(R"({"TableNames":["a","b"],"LastEvaluatedTableName":"b"})"), page(R"({"TableNames":["c"]})")});
  std::vector<std::string> names;
  auto done = scripted.client().pages(scripted.session, ScriptedClient::call("dynamodb", "ListTables"), {},
                                      [&](json::value& answer) {
                                        for (const auto& name : answer.at("TableNames").as_array())
                                          names.emplace_back(name.as_string());
                                        return true;
                                      });
  REQUIRE(done);
  CHECK(names == std::vector<std::string>{"a", "b", "c"});
  auto requests = scripted.http.requests();
  REQUIRE(requests.size() == 2);
  CHECK(body_of(requests[0]) == json::value{{"Limit", 100}});
  CHECK(body_of(requests[1]) == json::value{{"Limit", 100}, {"ExclusiveStartTableName", "b"}});
}

TEST_CASE("a page size that the caller gives is kept") {
  ScriptedClient scripted({page(R"({"TableNames":[]})")});
  CHECK(list(scripted, ScriptedClient::call("dynamodb", "ListTables", {{"Limit", 7}})).pages == 1);
  CHECK(body_of(scripted.http.requests().at(0)) == json::value{{"Limit", 7}});
}

TEST_CASE("an empty page with a token is not the end") {
  ScriptedClient scripted({page(R"({"TableNames":[],"LastEvaluatedTableName":"x"})"), page(R"({"TableNames":["c"]})")});
  auto listed = list(scripted, ScriptedClient::call("dynamodb", "ListTables"));
  CHECK(listed.pages == 2);
  CHECK_FALSE(listed.error);
}

TEST_CASE("an empty token is the end") {
  ScriptedClient scripted({page(R"({"TableNames":[],"LastEvaluatedTableName":""})")});
  CHECK(list(scripted, ScriptedClient::call("dynamodb", "ListTables")).pages == 1);
}

TEST_CASE("a token that comes twice is an error, also when others came between") {
  auto with = [](std::string token) {
    return page(fmt::format(R"({{"TableNames":["t"],"LastEvaluatedTableName":"{}"}})", token));
  };
  ScriptedClient scripted({with("a"), with("b"), with("c"), with("a")});
  auto listed = list(scripted, ScriptedClient::call("dynamodb", "ListTables"));
  CHECK(listed.pages == 3);
  REQUIRE(listed.error);
  CHECK(listed.error->error.code == ErrorCode::malformed);
  CHECK(listed.error->error.message ==
        "dynamodb:ListTables in eu-west-1 of account 111111111111: the same page token came twice: the list would "
        "never end");
}

TEST_CASE("an error in the middle is the list's error") {
  ScriptedClient scripted({page(R"({"TableNames":["a"],"LastEvaluatedTableName":"a"})"),
                           http_answer(400, R"({"__type":"AccessDeniedException"})")});
  auto listed = list(scripted, ScriptedClient::call("dynamodb", "ListTables"));
  CHECK(listed.pages == 1);
  REQUIRE(listed.error);
  CHECK(listed.error->error.code == ErrorCode::denied);
}

TEST_CASE("a receiver that has enough ends it") {
  ScriptedClient scripted({page(R"({"TableNames":["a"],"LastEvaluatedTableName":"a"})")});
  int pages = 0;
  auto done = scripted.client().pages(scripted.session, ScriptedClient::call("dynamodb", "ListTables"), {},
                                      [&](json::value&) { return ++pages < 1; });
  CHECK(done);
  CHECK(scripted.http.requests().size() == 1);
}

TEST_CASE("several tokens travel together, those that are missing are taken back, and 'no more' wins over tokens") {
  auto call = ScriptedClient::call("route53", "ListResourceRecordSets", {{"HostedZoneId", "Z1"}}, "us-east-1");
  ScriptedClient scripted(
      {page(records(
           "<IsTruncated>true</IsTruncated><NextRecordName>b.</NextRecordName><NextRecordType>A</NextRecordType>"
           "<NextRecordIdentifier>w</NextRecordIdentifier>")),
       page(records("<IsTruncated>true</IsTruncated><NextRecordName>c.</NextRecordName>"
                    "<NextRecordType>A</NextRecordType>")),
       page(records("<IsTruncated>false</IsTruncated><NextRecordName>d.</NextRecordName>"))});
  auto listed = list(scripted, call);
  CHECK_FALSE(listed.error);
  CHECK(listed.pages == 3);
  auto requests = scripted.http.requests();
  REQUIRE(requests.size() == 3);
  for (auto part : {"name=b.", "type=A", "identifier=w"}) CHECK(requests[1].url.find(part) != std::string::npos);
  for (auto part : {"name=c.", "type=A"}) CHECK(requests[2].url.find(part) != std::string::npos);
  CHECK(requests[2].url.find("identifier") == std::string::npos);

  ScriptedClient lost({page(records("<IsTruncated>true</IsTruncated>"))});
  listed = list(lost, call);
  CHECK(listed.pages == 0);
  REQUIRE(listed.error);
  CHECK(listed.error->error.code == ErrorCode::malformed);
}

TEST_CASE("EC2 is always asked for pages, of a size it takes, but for calls by id") {
  auto body = [](std::string_view operation, json::object input) {
    ScriptedClient scripted(
        {page(fmt::format("<{}Response><requestId>1</requestId></{}Response>", operation, operation))});
    auto listed = list(scripted, ScriptedClient::call("ec2", operation, std::move(input)));
    CHECK_FALSE(listed.error);
    return scripted.http.requests().at(0).body;
  };
  CHECK(body("DescribeInstances", {}).find("MaxResults=1000") != std::string::npos);
  CHECK(body("DescribeInstances", {{"InstanceIds", {"i-1"}}}).find("MaxResults") == std::string::npos);
  CHECK(body("DescribeInstances", {{"MaxResults", 5}}).find("MaxResults=5") != std::string::npos);
  CHECK(body("DescribeHosts", {}).find("MaxResults=500") != std::string::npos);
  CHECK(body("DescribeInstanceTypes", {}).find("MaxResults=100") != std::string::npos);
}

TEST_CASE("an operation without pages is called once") {
  ScriptedClient scripted({page("<DescribeRegionsResponse><requestId>1</requestId></DescribeRegionsResponse>")});
  CHECK(list(scripted, ScriptedClient::call("ec2", "DescribeRegions")).pages == 1);
  CHECK(scripted.http.requests().size() == 1);
}
