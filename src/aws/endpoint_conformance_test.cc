// Every case of AWS's own endpoint suites whose only input is a region, as botocore's source distribution carries them.

#include <doctest/doctest.h>

#include <filesystem>

#include "aws/models.h"
#include "base/file.h"

namespace cadastre::aws {
namespace {

const std::filesystem::path kSuites =
    CADASTRE_SOURCE_DIR "/build/fetched/botocore-1.44.5/tests/functional/endpoint-rules";

// The region of a case, or nullopt when the case needs what the table does not have: FIPS, dual stack, a bucket, an
// ARN.
std::optional<std::string> region_of(const json::value& test) {
  auto* params = test.as_object().if_contains("params");
  if (!params) return std::nullopt;
  std::optional<std::string> region;
  for (const auto& [name, value] : params->as_object()) {
    if (name == "Region") {
      region = std::string(value.as_string());
    } else if ((name != "UseFIPS" && name != "UseDualStack") || value.as_bool()) {
      return std::nullopt;
    }
  }
  return region;
}

// What the case's endpoint says a SigV4 signature names; "" where it says nothing.
std::string signing(const json::value& endpoint, const char* trait) {
  auto* properties = endpoint.as_object().if_contains("properties");
  auto* schemes = properties ? properties->as_object().if_contains("authSchemes") : nullptr;
  if (!schemes) return {};
  for (const auto& scheme : schemes->as_array()) {
    if (scheme.at("name") != "sigv4") continue;
    auto* value = scheme.as_object().if_contains(trait);
    return value ? std::string(value->as_string()) : std::string();
  }
  return {};
}

void check(const Endpoints& endpoints, std::string_view service, std::string_view region, const json::value& expect) {
  CAPTURE(service);
  CAPTURE(region);
  auto endpoint = endpoints.resolve(service, region);
  if (expect.as_object().contains("error")) {
    CHECK_FALSE(endpoint.has_value());
    return;
  }
  const auto& expected = expect.at("endpoint");
  REQUIRE_MESSAGE(endpoint.has_value(), endpoint.error().message);
  CHECK(endpoint->url == std::string(expected.at("url").as_string()));
  if (auto name = signing(expected, "signingName"); !name.empty()) CHECK(endpoint->signing_name == name);
  if (auto where = signing(expected, "signingRegion"); !where.empty()) CHECK(endpoint->signing_region == where);
}

TEST_CASE("endpoints are where AWS's own cases say") {
  REQUIRE_MESSAGE(
      std::filesystem::is_directory(kSuites),
      kSuites.string() << " is missing: run tools/fetch_botocore.py, which fetches botocore's source distribution");
  Models models;
  int cases = 0, services = 0;
  for (const auto& folder : std::filesystem::directory_iterator(kSuites)) {
    auto file = folder.path() / "endpoint-tests-1.json";
    if (!std::filesystem::exists(file)) continue;
    ++services;
    auto text = read_file(file.string());
    REQUIRE(text);
    auto suite = parse_json(*text, file.string());
    REQUIRE(suite);
    for (const auto& test : suite->at("testCases").as_array()) {
      auto region = region_of(test);
      if (!region) continue;
      ++cases;
      check(models.endpoints(), folder.path().filename().string(), *region, test.at("expect"));
    }
  }
  MESSAGE(cases << " cases of " << services << " services");
  CHECK(services > 400);  // a suite that moved would otherwise pass with nothing checked
  CHECK(cases > 5000);
}

}  // namespace
}  // namespace cadastre::aws
