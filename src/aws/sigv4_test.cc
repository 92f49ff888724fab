#include "aws/sigv4.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"

using namespace cadastre;
using namespace cadastre::aws;

namespace {

namespace fs = std::filesystem;

// AWS's own suite, as botocore's source distribution carries it.
fs::path suite() {
  const char* given = std::getenv("CADASTRE_BOTOCORE");
  fs::path botocore = given ? given : CADASTRE_SOURCE_DIR "/build/fetched/botocore-1.44.5";
  return botocore / "tests/unit/auth/aws4_testsuite";
}

// A .req file: an HTTP request as text, its path and query not yet encoded, header values folded over lines.
SigningRequest parse_request(const std::string& raw) {
  SigningRequest request;
  size_t end = raw.find('\n');
  std::string line = raw.substr(0, end);
  request.method = line.substr(0, line.find(' '));
  std::string target = line.substr(request.method.size() + 1, line.rfind(" HTTP/") - request.method.size() - 1);
  size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (question < target.size()) request.query = target.substr(question + 1);
  while (end < raw.size()) {
    size_t start = end + 1;
    end = std::min(raw.find('\n', start), raw.size());
    line = raw.substr(start, end - start);
    if (line.empty()) break;
    if (line[0] == ' ') {
      request.headers.back().value += line;
      continue;
    }
    size_t colon = line.find(':');
    auto name = line.substr(0, colon), value = line.substr(colon + 1);
    if (name == "Host")
      request.host = value;
    else
      request.headers.push_back({name, value});
  }
  return request;
}

const Time kNow = *parse_rfc3339("2015-08-30T12:36:00Z");
const SigningScope kScope{"us-east-1", "service"};

Credentials example(std::string token = "") {
  return {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", std::move(token), std::nullopt};
}

std::string* header(SigningRequest& request, std::string_view name) {
  for (auto& h : request.headers) {
    if (iequals(h.name, name)) return &h.value;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("every case of AWS's signature suite") {
  REQUIRE_MESSAGE(fs::is_directory(suite()), suite().string() << " is missing: run tools/fetch_botocore.py");
  int cases = 0;
  for (const auto& entry : fs::recursive_directory_iterator(suite())) {
    if (entry.path().extension() != ".req") continue;
    ++cases;
    CAPTURE(entry.path().string());
    auto part = [&](const char* extension) {
      return *read_file(fs::path(entry.path()).replace_extension(extension).string());
    };
    auto raw = part(".req");
    auto request = parse_request(raw);
    std::string body;
    if (size_t blank = raw.find("\n\n"); blank != raw.npos) body = raw.substr(blank + 2);
    request.body = body;

    auto canonical = part(".creq");
    std::string token;
    constexpr std::string_view kToken = "x-amz-security-token:";
    if (size_t at = canonical.find(kToken); at != canonical.npos) {
      at += kToken.size();
      token = canonical.substr(at, canonical.find('\n', at) - at);
    }
    auto steps = signing_steps(request, example(token), kScope, kNow);
    CHECK(steps.canonical_request == canonical);
    CHECK(steps.string_to_sign == part(".sts"));
    CHECK(steps.authorization == part(".authz"));
    sign(request, example(token), kScope, kNow);
    CHECK(*header(request, "authorization") == steps.authorization);
  }
  MESSAGE(cases << " cases of AWS's signature suite");
  CHECK(cases == 34);
}

TEST_CASE("a path is encoded twice but for S3, where it is signed as it is sent") {
  SigningRequest request{
      .method = "GET", .host = "h", .path = "/a%20b/../c//d", .query = "", .headers = {}, .body = ""};
  auto path = [&](const SigningOptions& options) {
    auto canonical = signing_steps(request, example(), kScope, kNow, options).canonical_request;
    return std::string(split(canonical, '\n')[1]);
  };
  CHECK(path({}) == "/c/d");
  CHECK(path({.normalize_path = false}) == "/a%2520b/../c//d");
  CHECK(path({.double_encode = false, .normalize_path = false}) == "/a%20b/../c//d");
}

TEST_CASE("the payload's hash is sent when asked, and left out of the hash when unsigned") {
  SigningRequest request{.method = "GET", .host = "h", .path = "/", .query = "", .headers = {}, .body = ""};
  sign(request, example(), kScope, kNow, {.content_sha256 = true});
  // The SHA-256 of nothing, as RFC 6234 implementations everywhere give it.
  CHECK(*header(request, "x-amz-content-sha256") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  sign(request, example(), kScope, kNow, {.content_sha256 = true, .unsigned_payload = true});
  CHECK(*header(request, "x-amz-content-sha256") == "UNSIGNED-PAYLOAD");
}

TEST_CASE("signing again replaces what was signed before") {
  SigningRequest request{
      .method = "GET", .host = "h", .path = "/", .query = "", .headers = {{"User-Agent", "x"}}, .body = ""};
  sign(request, example("first"), kScope, kNow);
  sign(request, example("second"), kScope, kNow + std::chrono::minutes(1));
  CHECK(request.headers.size() == 4);
  CHECK(*header(request, "x-amz-security-token") == "second");
  CHECK(*header(request, "x-amz-date") == "20150830T123700Z");
  auto fresh = SigningRequest{.method = "GET", .host = "h", .path = "/", .query = "", .headers = {}, .body = ""};
  sign(fresh, example("second"), kScope, kNow + std::chrono::minutes(1));
  CHECK(*header(request, "authorization") == *header(fresh, "authorization"));
}

TEST_CASE("the cached signing key is the key's own: another secret, day, region or service signs differently") {
  SigningRequest request{.method = "GET", .host = "h", .path = "/", .query = "", .headers = {}, .body = ""};
  auto signature = [&](const Credentials& credentials, const SigningScope& scope, Time now) {
    auto authorization = signing_steps(request, credentials, scope, now).authorization;
    return authorization.substr(authorization.find("Signature="));
  };
  auto other = example();
  other.secret_access_key += "x";
  std::set<std::string> all{signature(example(), kScope, kNow), signature(other, kScope, kNow),
                            signature(example(), {"eu-west-1", "service"}, kNow),
                            signature(example(), {"us-east-1", "ec2"}, kNow),
                            signature(example(), kScope, kNow + std::chrono::days(1))};
  CHECK(all.size() == 5);
  CHECK(all.contains(signature(example(), kScope, kNow)));
}
