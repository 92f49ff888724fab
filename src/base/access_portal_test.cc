#include "base/access_portal.h"

#include <doctest/doctest.h>

namespace cadastre {
namespace {

// The account and the destination of the example in IAM Identity Center's guide.
constexpr const char* kLink = "https://us-east-1.console.aws.amazon.com/dynamodbv2/home?region=us-east-1#dashboard";
constexpr const char* kEncoded =
    "https%3A%2F%2Fus-east-1.console.aws.amazon.com%2Fdynamodbv2%2Fhome%3Fregion%3Dus-east-1%23dashboard";

TEST_CASE("a console link goes through the access portal, with the account's role") {
  AccessPortal portal{"https://example.awsapps.com/start", "ReadOnly", {{"222222222222", "Audit"}, {"prod", "See+It"}}};
  auto link = [&](const char* account, const char* role) {
    return std::string("https://example.awsapps.com/start/#/console?account_id=") + account + "&role_name=" + role +
           "&destination=" + kEncoded;
  };
  CHECK(portal.through("111111111111", "dev", kLink) == link("111111111111", "ReadOnly"));
  CHECK(portal.through("222222222222", "audit", kLink) == link("222222222222", "Audit"));
  CHECK(portal.through("333333333333", "prod", kLink) == link("333333333333", "See%2BIt"));
}

TEST_CASE("a link is plain without a portal, or without a role for the account; none stays none") {
  CHECK(AccessPortal().through("111111111111", "", kLink) == kLink);
  AccessPortal portal{"https://example.awsapps.com/start", "", {{"222222222222", "Audit"}}};
  CHECK(portal.through("111111111111", "", kLink) == kLink);
  CHECK(portal.through("222222222222", "", kLink) != kLink);
  CHECK(portal.through("222222222222", "", "").empty());
}

}  // namespace
}  // namespace cadastre
