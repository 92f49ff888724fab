#include "aws/address.h"

#include <doctest/doctest.h>

#include "aws/models.h"

using namespace cadastre;
using namespace cadastre::aws;

namespace {

const Models& models() {
  static const Models models;
  return models;
}

struct Placed {
  Address address;
  SigningRequest request;
};

Placed place(std::string_view service, std::string_view operation, std::string_view region, const json::object& input,
             const ClientOptions& options = {}) {
  const auto* found_service = models().service(service).value();
  const auto* found = models().operation(service, operation).value();
  auto address = find_address(models().endpoints(), options, *found_service, *found, region);
  REQUIRE(address);
  static WireRequest wire;  // the request's body views into it
  wire = serialize(*found_service, *found, input).value();
  return {*address, place_request(*address, *found, wire)};
}

}  // namespace

TEST_CASE("AWS's own endpoint, and what the signature names there") {
  auto ec2 = place("ec2", "DescribeInstances", "eu-west-1", {});
  CHECK(ec2.request.host == "ec2.eu-west-1.amazonaws.com");
  CHECK(ec2.address.scope.region == "eu-west-1");
  CHECK(ec2.address.scope.service == "ec2");
  auto iam = place("iam", "ListRoles", "eu-west-1", {});
  CHECK(iam.request.host == "iam.amazonaws.com");
  CHECK(iam.address.scope.region == "us-east-1");
}

TEST_CASE("a configured endpoint, the service's before everyone's, keeps its path and signs as AWS's would") {
  ClientOptions options;
  options.endpoint_url = "http://127.0.0.1:4566/base/";
  auto all = place("iam", "ListRoles", "eu-west-1", {}, options);
  CHECK(all.request.host == "127.0.0.1:4566");
  CHECK(all.request.path == "/base/");
  CHECK(all.address.scope.region == "us-east-1");
  options.endpoint_url_of = [](std::string_view id) { return id == "IAM" ? "http://127.0.0.1:9999" : ""; };
  CHECK(place("iam", "ListRoles", "eu-west-1", {}, options).request.host == "127.0.0.1:9999");
  CHECK(place("ec2", "DescribeVpcs", "eu-west-1", {}, options).request.host == "127.0.0.1:4566");
  options.endpoint_url = "nonsense";
  auto wrong = find_address(models().endpoints(), options, *models().service("ec2").value(),
                            *models().operation("ec2", "DescribeVpcs").value(), "eu-west-1");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::invalid);
}

TEST_CASE("a bucket stands in the host name where it may, and in the path elsewhere") {
  auto host = [](std::string bucket, const ClientOptions& options = {}) {
    auto placed = place("s3", "GetBucketTagging", "eu-west-1", {{"Bucket", bucket}}, options);
    CHECK(placed.address.s3);
    return placed.request.host + placed.request.path;
  };
  CHECK(host("my-bucket") == "my-bucket.s3.eu-west-1.amazonaws.com/");
  CHECK(host("my.bucket") == "s3.eu-west-1.amazonaws.com/my.bucket");
  CHECK(host("My_Bucket") == "s3.eu-west-1.amazonaws.com/My_Bucket");
  ClientOptions options;
  options.endpoint_url = "http://127.0.0.1:4566";
  CHECK(host("my-bucket", options) == "127.0.0.1:4566/my-bucket");
  auto list = place("s3", "ListBuckets", "eu-west-1", {});
  CHECK(list.request.host == "s3.eu-west-1.amazonaws.com");
}

TEST_CASE("the region where S3 says that a bucket lives") {
  HttpResponse response;
  response.status = 301;
  response.headers = {{"x-amz-bucket-region", "eu-west-1"}};
  CHECK(bucket_region(response, "us-east-1") == "eu-west-1");
  CHECK(bucket_region(response, "eu-west-1") == "");
  response.status = 200;
  CHECK(bucket_region(response, "us-east-1") == "");
  response = {};
  response.status = 400;
  response.body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>";
  CHECK(bucket_region(response, "us-east-1") == "eu-central-1");
  response.body = "<Error><Code>Odd</Code></Error>";
  CHECK(bucket_region(response, "us-east-1") == "");
}
