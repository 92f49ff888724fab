#include "aws/protocol/suite_for_tests.h"

namespace cadastre::aws {
namespace {

const Service& service_named(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Service>> services;
  auto& service = services[name];
  if (!service) service = load_service(name);
  return *service;
}

Result<json::value> answer(const std::string& service, std::string_view operation, std::string body) {
  HttpResponse response;
  response.status = 200;
  response.body = std::move(body);
  return parse_output(service_named(service), *service_named(service).operation(operation), response, {});
}

std::string document(const std::string& service, std::string_view operation, std::string body) {
  auto value = answer(service, operation, std::move(body));
  return value ? to_json(*value) : "error: " + value.error().message;
}

std::string complaint(const std::string& service, std::string_view operation, std::string body) {
  auto value = answer(service, operation, std::move(body));
  if (value) return "no error: " + to_json(*value);
  CHECK(value.error().code == ErrorCode::malformed);
  return value.error().message;
}

const std::string kInstances = R"(<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>fdcdcab1</requestId>
  <reservationSet>
    <item>
      <ownerId>111122223333</ownerId>
      <reservationId>r-1</reservationId>
      <groupSet/>
      <instancesSet>
        <item>
          <tagSet><item><value>web &amp; api</value><key>Name</key></item></tagSet>
          <somethingNew><deep>x</deep></somethingNew>
          <instanceState><name>running</name><code>16</code></instanceState>
          <launchTime>2018-05-08T16:46:19.000Z</launchTime>
          <instanceId>i-1</instanceId>
          <ebsOptimized>false</ebsOptimized>
        </item>
      </instancesSet>
    </item>
  </reservationSet>
  <nextToken>t</nextToken>
</DescribeInstancesResponse>
)";

TEST_CASE(
    "an EC2 answer is read in the model's order whatever the order on the wire, without what the model does not know") {
  CHECK(document("ec2", "DescribeInstances", kInstances) ==
        R"({"NextToken":"t","Reservations":[{"ReservationId":"r-1","OwnerId":"111122223333","Groups":[],"Instances":[)"
        R"({"EbsOptimized":false,"Tags":[{"Key":"Name","Value":"web & api"}],"InstanceId":"i-1",)"
        R"("State":{"Code":16,"Name":"running"},"LaunchTime":"2018-05-08T16:46:19Z"}]}]})");
}

TEST_CASE("an answer cut short anywhere is an error, never a short list") {
  for (size_t size = 0; size + 1 < kInstances.size(); ++size) {
    auto value = answer("ec2", "DescribeInstances", kInstances.substr(0, size));
    REQUIRE_MESSAGE(!value.has_value(), "cut at byte ", size);
    REQUIRE(value.error().code == ErrorCode::malformed);
  }
  CHECK(answer("ec2", "DescribeInstances", kInstances.substr(0, kInstances.size() - 1))
            .has_value());  // but for the last line feed
  CHECK(complaint("ec2", "DescribeInstances", "") == "the answer to ec2 DescribeInstances is empty");
}

TEST_CASE("a foreign document is an error") {
  const std::string kPage = "<html><head><title>Sign in</title></head><body>Welcome to the hotel</body></html>";
  CHECK(complaint("ec2", "DescribeInstances", kPage) ==
        "the answer to ec2 DescribeInstances is another document: its root is <html>");
  CHECK(complaint("s3", "ListBuckets", kPage) ==
        "the answer to s3 ListBuckets is another document: its root is <html>");
  CHECK(complaint("iam", "ListRoles", kPage) == "the answer to iam ListRoles is another document: its root is <html>");
  CHECK(complaint("ec2", "DescribeInstances", "<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>") ==
        "the answer to ec2 DescribeInstances is another document: its root is <DescribeVolumesResponse>");
  CHECK(complaint("s3", "ListBuckets", "<Maintenance><Until>noon</Until></Maintenance>") ==
        "the answer to s3 ListBuckets is another document: <Maintenance> holds <Until>");
  // S3 and others can fail after they have said 200.
  CHECK(complaint("s3", "ListBuckets", "<Error><Code>InternalError</Code><Message>Again</Message></Error>") ==
        "the answer to s3 ListBuckets is an error in disguise: InternalError");
  CHECK(complaint("iam", "ListRoles", "<ListRolesResponse><ResponseMetadata/></ListRolesResponse>") ==
        "the answer to iam ListRoles lacks <ListRolesResult>");
  CHECK(complaint("s3", "ListBuckets", "").ends_with("is empty"));
  CHECK(complaint("s3", "ListBuckets", "<A/><B/>").ends_with("holds two XML documents"));
  CHECK(complaint("s3", "ListBuckets", "<ListAllMyBucketsResult><Prefix>\xC3(</Prefix></ListAllMyBucketsResult>")
            .ends_with("is not UTF-8 text"));
  CHECK(complaint("s3", "ListBuckets", "{\"Buckets\": []}").find("not XML") != std::string::npos);
}

TEST_CASE("an empty list is a list, a missing one is missing") {
  auto wrap = [](std::string inside) {
    return "<DescribeInstancesResponse>" + inside + "</DescribeInstancesResponse>";
  };
  CHECK(document("ec2", "DescribeInstances", wrap("<reservationSet/>")) == R"({"Reservations":[]})");
  CHECK(document("ec2", "DescribeInstances", wrap("<reservationSet>\n  </reservationSet>")) ==
        R"({"Reservations":[]})");
  CHECK(document("ec2", "DescribeInstances", wrap("")) == "{}");
}

TEST_CASE("text is what it says: entities, CDATA, comments, blanks, line ends") {
  auto prefix = [](std::string text) {
    return document("s3", "ListObjectsV2", "<ListBucketResult><Prefix>" + text + "</Prefix></ListBucketResult>");
  };
  CHECK(prefix("a&lt;b&#x20AC;&quot;") == "{\"Prefix\":\"a<b€\\\"\"}");
  CHECK(prefix("<![CDATA[<raw>&amp;]]>") == R"({"Prefix":"<raw>&amp;"})");
  CHECK(prefix("a<![CDATA[b]]>c") == R"({"Prefix":"abc"})");
  CHECK(prefix("a<!-- not this -->b") == R"({"Prefix":"ab"})");
  CHECK(prefix(" ") == R"({"Prefix":" "})");
  CHECK(prefix(" a ") == R"({"Prefix":" a "})");
  CHECK(prefix("") == R"({"Prefix":""})");
  CHECK(prefix("a\r\nb") == R"({"Prefix":"a\nb"})");
}

TEST_CASE("names are read without their namespace prefix, flattened lists wherever their elements stand") {
  CHECK(
      document("s3", "ListObjectsV2",
               "<s:ListBucketResult "
               "xmlns:s=\"http://s3.amazonaws.com/doc/2006-03-01/\"><s:Contents><s:Key>a</s:Key></s:Contents>"
               "<s:Name>b</s:Name><s:Contents><s:Key>c</s:Key><s:Size>5</s:Size></s:Contents></s:ListBucketResult>") ==
      R"({"Contents":[{"Key":"a"},{"Key":"c","Size":5}],"Name":"b"})");
}

TEST_CASE("the one member that is the root itself") {
  auto location = [](std::string body) { return document("s3", "GetBucketLocation", std::move(body)); };
  CHECK(location(
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>") ==
        R"({"LocationConstraint":"eu-west-1"})");
  CHECK(location("<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>") == "{}");
}

TEST_CASE("a scalar that is not what the model says stays as it came") {
  auto size = [](std::string text) {
    return document("s3", "ListObjectsV2", "<ListBucketResult><MaxKeys>" + text + "</MaxKeys></ListBucketResult>");
  };
  CHECK(size(" 12 ") == R"({"MaxKeys":12})");
  CHECK(size("many") == R"({"MaxKeys":"many"})");
  CHECK(size("18446744073709551615") == R"({"MaxKeys":18446744073709551615})");
  CHECK(size("184467440737095516150") == R"({"MaxKeys":"184467440737095516150"})");
}

TEST_CASE("an XML answer without end does not take the stack") {
  constexpr std::string_view kModel = R"({"metadata": {"protocol": "rest-xml"},
    "operations": {"Get": {"name": "Get", "http": {"method": "GET", "requestUri": "/"}, "output": {"shape": "Tree"}}},
    "shapes": {"Tree": {"type": "structure", "members": {"T": {"shape": "Tree"}}}}})";
  auto service = Service::parse("trees", kModel);
  REQUIRE(service.has_value());
  HttpResponse response;
  response.status = 200;
  for (int i = 0; i < 100'000; ++i) response.body += "<T>";
  for (int i = 0; i < 100'000; ++i) response.body += "</T>";
  auto parsed = parse_output(**service, *(*service)->operation("Get"), response, {});
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().message == "the answer to trees Get nests Tree deeper than 200 levels");
}

}  // namespace
}  // namespace cadastre::aws
