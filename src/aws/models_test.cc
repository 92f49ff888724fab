#include "aws/models.h"

#include <doctest/doctest.h>

namespace cadastre::aws {
namespace {

TEST_CASE("an unknown service suggests the one that was meant") {
  Models models;
  auto error = models.service("ec").error();
  CHECK(error.code == ErrorCode::unsupported);
  CHECK(models.service("dynamobd").error().message ==
        "there is no AWS service 'dynamobd' with operations that may be called (did you mean 'dynamodb'?)");
}

TEST_CASE("what is not on the allow-list cannot be named") {
  Models models;
  for (auto [service, operation] : {std::pair{"ssm", "GetParameter"},
                                    {"ssm", "GetParametersByPath"},
                                    {"secretsmanager", "GetSecretValue"},
                                    {"ec2", "GetPasswordData"},
                                    {"s3", "PutObject"},
                                    {"s3", "GetObject"},
                                    {"iam", "CreateUser"},
                                    {"lambda", "GetFunction"}}) {
    CAPTURE(operation);
    auto found = models.operation(service, operation);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::refused);
    CHECK(found.error().message.starts_with(
        fmt::format("{} {} is not on the list of read-only operations that may be called", service, operation)));
  }
  CHECK(models.operation("ec2", "DescribeInstance").error().message.ends_with("(did you mean 'DescribeInstances'?)"));
}

TEST_CASE("an allowed operation has its input, output and pages") {
  Models models;
  auto found = models.operation("ec2", "DescribeInstances");
  REQUIRE(found);
  CHECK((*found)->output->member("Reservations"));
  REQUIRE((*found)->paginator);
  CHECK((*found)->paginator->input_tokens == std::vector<std::string>{"NextToken"});
  CHECK((*found)->paginator->limit_key == "MaxResults");
  CHECK(models.operation("route53", "ListResourceRecordSets").value()->paginator);
  CHECK_FALSE(models.operation("sts", "GetCallerIdentity").value()->paginator);
  // A limit parameter's largest value is kept although nothing else of its shape is.
  CHECK(models.operation("iam", "ListRoles").value()->paginator->limit_max == 1000);
}

TEST_CASE("members that carry credentials are not in the models") {
  Models models;
  auto* ec2 = models.service("ec2").value();
  REQUIRE(ec2->shape("VpnConnection"));
  CHECK(ec2->shape("VpnConnection")->member("VpnConnectionId"));
  CHECK_FALSE(ec2->shape("VpnConnection")->member("CustomerGatewayConfiguration"));
  CHECK_FALSE(ec2->shape("TunnelOption")->member("PreSharedKey"));
  CHECK_FALSE(models.service("cognito-idp").value()->shape("UserPoolClientType")->member("ClientSecret"));
}

TEST_CASE("every embedded service parses") {
  Models models;
  size_t operations = 0;
  for (auto name : models.service_names()) {
    CAPTURE(name);
    auto service = models.service(name);
    REQUIRE_MESSAGE(service.has_value(), service.error().message << ": " << service.error().cause);
    CHECK_FALSE((*service)->operations().empty());
    operations += (*service)->operations().size();
  }
  MESSAGE(models.service_names().size() << " services, " << operations << " operations, botocore "
                                        << models.botocore_version());
  CHECK(models.service_names().size() > 300);
}

TEST_CASE("the embedded endpoint table knows the world") {
  Models models;
  const auto& endpoints = models.endpoints();
  CHECK(endpoints.resolve("ec2", "eu-west-1").value().url == "https://ec2.eu-west-1.amazonaws.com");
  CHECK(endpoints.resolve("acm", "eu-west-1").value().url == "https://acm.eu-west-1.amazonaws.com");
  CHECK(endpoints.resolve("iam", "eu-west-1").value().signing_region == "us-east-1");
  for (auto global : {"iam", "route53", "cloudfront", "organizations", "waf", "shield", "support"}) {
    CAPTURE(global);
    CHECK(endpoints.is_global(global));
  }
  for (auto regional : {"sts", "s3", "ec2", "sqs", "wafv2", "globalaccelerator"}) {
    CAPTURE(regional);
    CHECK_FALSE(endpoints.is_global(regional));
  }
  CHECK(endpoints.available("globalaccelerator", "us-west-2"));
  CHECK_FALSE(endpoints.available("globalaccelerator", "eu-west-1"));
  CHECK(endpoints.partition("cn-north-1") == "aws-cn");
  CHECK(endpoints.partition("us-iso-east-1") == "aws-iso");
  CHECK(endpoints.partition("eusc-de-east-1") == "aws-eusc");
  CHECK(endpoints.global_region("aws-us-gov") == "us-gov-west-1");
  CHECK(endpoints.regions("aws-cn") == std::vector<std::string>{"cn-north-1", "cn-northwest-1"});
}

TEST_CASE("one service is loaded once, by whichever thread comes first") {
  Models models;
  std::array<const Service*, 8> seen{};
  {
    std::vector<std::jthread> threads;
    for (auto& slot : seen) threads.emplace_back([&] { slot = models.service("lambda").value(); });
  }
  CHECK(std::ranges::count(seen, seen.front()) == 8);
}

TEST_CASE("how long the largest model takes to load") {
  Models models;
  auto start = std::chrono::steady_clock::now();
  REQUIRE(models.service("ec2"));
  auto loaded = std::chrono::steady_clock::now();
  models.endpoints();
  auto table = std::chrono::steady_clock::now();
  auto millis = [](auto span) { return std::chrono::duration<double, std::milli>(span).count(); };
  MESSAGE("ec2 in " << millis(loaded - start) << " ms, the endpoint table in " << millis(table - loaded) << " ms");
}

}  // namespace
}  // namespace cadastre::aws
