// Answers that AWS really gave, as botocore recorded them (tests/unit/response_parsing), read with AWS's real models.
#include "aws/protocol/suite_for_tests.h"

namespace cadastre::aws {
namespace {

const std::string kRecorded = "tests/unit/response_parsing/";

const Service& service_named(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Service>> services;
  auto& service = services[name];
  if (!service) service = load_service(name);
  return *service;
}

// "ec2-describe-instances#2.xml" → ec2 DescribeInstances.
std::pair<const Service*, const Operation*> operation_of(const std::string& path) {
  auto stem = std::filesystem::path(path).stem().string();
  auto dash = stem.find('-');
  const Service& service = service_named(stem.substr(0, dash));
  auto wanted = replace_all(stem.substr(dash + 1, stem.find('#') - dash - 1), "-", "");
  for (const auto& [name, operation] : service.operations()) {
    if (lower(name) == wanted) return {&service, &operation};
  }
  return {&service, nullptr};
}

HttpResponse response_of(const std::string& path, int status) {
  HttpResponse response;
  response.status = status;
  response.body = read_file(path).value_or("");
  return response;
}

json::object expectation_of(const std::string& path) {
  auto expected = load_json(path).get_object();
  return expected;
}

void check_error(const std::string& path, const json::object& expected) {
  auto [service, operation] = operation_of(path);
  REQUIRE_MESSAGE(operation, path);
  auto error = parse_error(*service, operation, response_of(path, 400));
  const auto& wanted = expected.at("Error").get_object();
  INFO(path);
  CHECK(error.code == text_at(wanted, "Code"));
  CHECK(error.message == text_at(wanted, "Message"));
  // S3 says its request id in a header; its body's is a copy.
  const auto& metadata = expected.at("ResponseMetadata").get_object();
  if (metadata.contains("RequestId")) CHECK(error.request_id == text_at(metadata, "RequestId"));
}

TEST_CASE("recorded answers read as boto3 reads them") {
  int passed = 0, special = 0;
  for (const auto& path : files_in(botocore_path(kRecorded + "xml/responses"), ".xml")) {
    // botocore leaves these two out, since handlers outside its parser finish them.
    if (path.ends_with("s3-get-bucket-location.xml") || path.ends_with("cloudformation-get-template.xml")) {
      ++special;
      continue;
    }
    auto [service, operation] = operation_of(path);
    REQUIRE_MESSAGE(operation, path);
    auto expected = expectation_of(path.substr(0, path.size() - 3) + "json");
    expected.erase("ResponseMetadata");
    auto response = response_of(path, 200);
    auto parsed = parse_output(*service, *operation, response, {});
    REQUIRE_MESSAGE(parsed.has_value(), path, ": ", parsed.error().message);
    auto why = operation->output  ? difference(operation->output_use, *parsed, json::value(expected), "output")
               : expected.empty() ? ""
                                  : "should have an output";
    CHECK_MESSAGE(why.empty(), path, ": ", why);
    passed += why.empty();
  }
  CHECK(passed + special == 189);
  MESSAGE("recorded answers: ", passed, " passed, ", special, " on botocore's list of special cases");
}

TEST_CASE("recorded errors read as boto3 reads them") {
  int count = 0;
  for (const auto& path : files_in(botocore_path(kRecorded + "xml/errors"), ".xml")) {
    check_error(path, expectation_of(path.substr(0, path.size() - 3) + "json"));
    ++count;
  }
  for (const auto& path : files_in(botocore_path(kRecorded + "json/errors"), ".json")) {
    check_error(path, expectation_of(replace_all(path, "/errors/", "/expected/")));
    ++count;
  }
  CHECK(count == 17);
}

}  // namespace
}  // namespace cadastre::aws
