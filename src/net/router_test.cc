#include "net/router.h"

#include <doctest/doctest.h>

#include "net/http_text.h"

using namespace cadastre;

namespace {

const std::vector<Route> kRoutes = {
    {"GET", "/"},                                   // 0
    {"GET", "/api/v1/resources"},                   // 1
    {"GET", "/api/v1/resources/{id...}"},           // 2
    {"GET", "/api/v1/resources/{id...}/versions"},  // 3
    {"POST", "/api/v1/resources/{id...}/refresh"},  // 4
    {"GET", "/api/v1/views/{id}"},                  // 5
    {"DELETE", "/api/v1/views/{id}"},               // 6
    {"GET", "/api/v1/views/new"},                   // 7
    {"GET", "/api/v1/{group}/{id}/x"},              // 8
    {"HEAD", "/api/v1/views/new"},                  // 9
    {"GET", "/static/{path...}"},                   // 10
};

// "2 id=a/b", "405 GET, HEAD, OPTIONS", "404"
std::string found(std::string_view method, std::string_view path) {
  static const Router router(kRoutes);
  auto match = router.find(method, parse_target("GET", path).value().segments);
  if (match.status != 200) return fmt::format("{}{}{}", match.status, match.allow.empty() ? "" : " ", match.allow);
  auto text = std::to_string(match.route);
  for (const auto& [name, value] : match.parameters) text += fmt::format(" {}={}", name, value);
  return text;
}

}  // namespace

TEST_CASE("an id is found plain and encoded, alone and with something behind it") {
  std::string id = "aws.ec2.instance/111/eu-west-1/i-1";
  CHECK(found("GET", "/api/v1/resources/" + id) == "2 id=" + id);
  CHECK(found("GET", "/api/v1/resources/aws.ec2.instance%2F111%2feu-west-1%2Fi-1") == "2 id=" + id);
  CHECK(found("GET", "/api/v1/resources/aws.ec2.instance/111%2Feu-west-1/i-1") == "2 id=" + id);
  CHECK(found("GET", "/api/v1/resources/" + id + "/versions") == "3 id=" + id);
  CHECK(found("GET", "/api/v1/resources/aws.ec2.instance%2F111%2Feu-west-1%2Fi-1/versions") == "3 id=" + id);
  CHECK(found("POST", "/api/v1/resources/" + id + "/refresh") == "4 id=" + id);
  // An id that ends like a route is meant when it is encoded.
  CHECK(found("GET", "/api/v1/resources/k/1/r/a%2Fversions") == "2 id=k/1/r/a/versions");
  // Parameters of SSM begin with a slash, and ARNs have colons.
  CHECK(found("GET", "/api/v1/resources/aws.ssm.parameter/111/eu-west-1//app/key") ==
        "2 id=aws.ssm.parameter/111/eu-west-1//app/key");
  CHECK(found("GET", "/api/v1/resources/k/1/r/arn:aws:sns:r:1:t") == "2 id=k/1/r/arn:aws:sns:r:1:t");
}

TEST_CASE("a literal comes before a name, and a name before a rest") {
  CHECK(found("GET", "/") == "0");
  CHECK(found("GET", "/api/v1/resources") == "1");
  CHECK(found("GET", "/api/v1/views/new") == "7");
  CHECK(found("GET", "/api/v1/views/7") == "5 id=7");
  CHECK(found("DELETE", "/api/v1/views/new") == "6 id=new");
  CHECK(found("GET", "/api/v1/views/7/x") == "8 group=views id=7");
  CHECK(found("GET", "/api/v1/resources/7/x") == "2 id=7/x");
  CHECK(found("GET", "/static/a/b.css") == "10 path=a/b.css");
}

TEST_CASE("what there is not") {
  CHECK(found("GET", "/api/v1") == "404");
  CHECK(found("GET", "/api/v1/views/") == "404");
  CHECK(found("GET", "/api/v1/resources/") == "404");
  CHECK(found("GET", "/static") == "404");
  CHECK(found("GET", "/API/v1/resources") == "404");
  CHECK(found("POST", "/nothing") == "404");
  CHECK(Router({}).find("GET", {}).status == 404);
}

TEST_CASE("methods") {
  CHECK(found("HEAD", "/api/v1/resources") == "1");
  CHECK(found("HEAD", "/api/v1/views/new") == "9");
  CHECK(found("HEAD", "/api/v1/views/7") == "5 id=7");
  CHECK(found("POST", "/api/v1/views/7") == "405 DELETE, GET, HEAD, OPTIONS");
  CHECK(found("OPTIONS", "/api/v1/views/7") == "204 DELETE, GET, HEAD, OPTIONS");
  CHECK(found("GET", "/api/v1/resources/i/refresh") == "2 id=i/refresh");
  CHECK(found("get", "/api/v1/resources") == "405 GET, HEAD, OPTIONS");
}
