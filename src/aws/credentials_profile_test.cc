// Profiles: chains of roles, the refusals, and programs that print credentials.
#include "aws/credentials_profile.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "aws/credentials_process.h"
#include "base/file.h"
#include "support/fakes.h"

using namespace cadastre;
using namespace cadastre::aws;
using namespace cadastre::testing;

namespace {

// One config file, and an STS that grants everything and names the keys it hands out after the role.
struct World {
  std::string path = fmt::format("/tmp/cadastre_profile_{}_{}", ::getpid(), reinterpret_cast<uintptr_t>(this));
  std::map<std::string, std::string> variables{{"AWS_CONFIG_FILE", path},
                                               {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"}};
  FakeClock clock;
  FakeHttp http{[](const HttpRequest& request) -> Result<HttpResponse> {
    size_t at = request.body.find("role%2F") + 7;
    auto role = request.body.substr(at, request.body.find('&', at) - at);
    HttpResponse response;
    response.status = 200;
    response.body = fmt::format(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA-{}</AccessKeyId><SecretAccessKey>s</"
        "SecretAccessKey>"
        "<SessionToken>t</SessionToken><Expiration>2026-01-02T04:04:05Z</Expiration></Credentials></AssumeRoleResult>"
        "</AssumeRoleResponse>",
        role);
    return response;
  }};

  explicit World(std::string_view config) { REQUIRE(write_file(path, config)); }
  ~World() { ::unlink(path.c_str()); }

  Environment environment() {
    return {.variable = [this](const char* name) -> const char* {
              auto found = variables.find(name);
              return found == variables.end() ? nullptr : found->second.c_str();
            },
            .http = &http,
            .clock = &clock,
            .sts_url = [](std::string_view region) { return fmt::format("https://sts.{}.test", region); },
            .default_region = "us-east-1"};
  }
  // The access key that the profile yields, or the sentence why not.
  std::string key(std::string_view profile) {
    auto source = profile_credentials(environment(), profile);
    if (!source) return source.error().message;
    auto credentials = (*source)->get({});
    return credentials ? credentials->access_key_id : credentials.error().message;
  }
};

constexpr std::string_view kKeys = "aws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n";

}  // namespace

TEST_CASE("a profile's keys, read anew when AWS refuses them") {
  World world(fmt::format("[profile legacy]\n{}", kKeys));
  auto source = profile_credentials(world.environment(), "legacy");
  REQUIRE(source);
  CHECK((*source)->describe() == "profile legacy");
  auto credentials = *(*source)->get({});
  CHECK(credentials.access_key_id == "AKIDKEYS");
  REQUIRE(write_file(world.path, "[profile legacy]\naws_access_key_id = AKIDFRESH\naws_secret_access_key = secret\n"));
  CHECK((*source)->get({})->access_key_id == "AKIDKEYS");
  (*source)->reject(credentials);
  CHECK((*source)->get({})->access_key_id == "AKIDFRESH");
}

TEST_CASE("a chain of roles is followed to the keys, each role in its profile's region") {
  World world(
      fmt::format("[profile top]\nrole_arn = arn:aws:iam::1:role/top\nsource_profile = middle\nregion = "
                  "eu-west-1\nexternal_id = x1\n"
                  "duration_seconds = 1800\nrole_session_name = me\n"
                  "[profile middle]\nrole_arn = arn:aws:iam::2:role/middle\nsource_profile = base\n"
                  "[profile base]\n{}",
                  kKeys));
  CHECK(world.key("top") == "ASIA-top");
  auto requests = world.http.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].url == "https://sts.us-east-1.test/");
  CHECK(header_of(requests[0], "Authorization").find("AKIDKEYS/20260102/us-east-1") != std::string::npos);
  CHECK(requests[1].url == "https://sts.eu-west-1.test/");
  CHECK(header_of(requests[1], "Authorization").find("ASIA-middle/20260102/eu-west-1") != std::string::npos);
  for (auto part : {"ExternalId=x1", "DurationSeconds=1800", "RoleSessionName=me"}) {
    CHECK(requests[1].body.find(part) != std::string::npos);
  }
}

TEST_CASE("a profile that names itself means its own keys; a circle is refused and drawn") {
  World world(
      fmt::format("[profile self]\nrole_arn = arn:aws:iam::1:role/self\nsource_profile = self\n{}"
                  "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n"
                  "[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n",
                  kKeys));
  CHECK(world.key("self") == "ASIA-self");
  CHECK(world.key("a") == "source_profile of profile a: profile a: source_profile goes in a circle: a → b → a");
}

TEST_CASE("credential_source takes what the environment has") {
  World world(
      "[profile env]\nrole_arn = arn:aws:iam::1:role/env\ncredential_source = Environment\n"
      "[profile odd]\nrole_arn = arn:aws:iam::1:role/odd\ncredential_source = Moon\n");
  CHECK(world.key("env") == "profile env: credential_source is Environment, but there are no credentials");
  world.variables["AWS_ACCESS_KEY_ID"] = "AKIDENV";
  world.variables["AWS_SECRET_ACCESS_KEY"] = "secret";
  CHECK(world.key("env") == "ASIA-env");
  CHECK(world.key("odd") ==
        "profile odd: credential_source is 'Moon'; it may be Environment, EcsContainer or Ec2InstanceMetadata");
}

TEST_CASE("profiles that cannot work say why before anything is asked") {
  World world(fmt::format(
      "[profile mfa]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/me\n"
      "[profile both]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\ncredential_source = Environment\n"
      "[profile neither]\nrole_arn = arn:aws:iam::1:role/x\n"
      "[profile lost]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = kees\n"
      "[profile long]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\nduration_seconds = 1h\n"
      "[profile half]\naws_access_key_id = AKID\n"
      "[profile sso]\nsso_session = corp\n"
      "[profile empty]\nregion = eu-west-1\n"
      "[profile keys]\n{}",
      kKeys));
  CHECK(world.key("mfa").starts_with("profile mfa: needs an MFA code (mfa_serial)"));
  CHECK(world.key("both") == "profile both: role_arn needs either source_profile or credential_source, and not both");
  CHECK(world.key("neither") ==
        "profile neither: role_arn needs either source_profile or credential_source, and not both");
  CHECK(world.key("lost").starts_with("source_profile of profile lost: there is no profile 'kees'"));
  CHECK(world.key("lost").ends_with("(did you mean 'keys'?)"));
  CHECK(world.key("long") == "profile long: duration_seconds must be a number from 900 to 43200");
  CHECK(world.key("half") == "profile half: aws_access_key_id is given, but aws_secret_access_key is not");
  CHECK(world.key("sso").starts_with("profile sso: signs in with IAM Identity Center"));
  CHECK(world.key("empty").starts_with("profile empty: says nothing about credentials"));
  CHECK(world.http.requests().empty());
}

TEST_CASE("a default profile without credentials does not end the search") {
  World world("[default]\nregion = eu-west-1\n");
  world.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  auto source = default_credentials(world.environment());
  REQUIRE_FALSE(source);
  CHECK(source.error().code == ErrorCode::not_found);
}

TEST_CASE("a program's credentials, and what can be wrong with them") {
  auto run = [](std::string command, Millis limit = Millis(20'000), std::stop_token stop = {}) {
    return run_credential_process(command, "p", limit, stop);
  };
  auto good = run(R"(cat; echo '{"Version":1,"AccessKeyId":"AKIDPROC","SecretAccessKey":"s","SessionToken":"t",
                                "Expiration":"2026-01-02T04:04:05Z"}')");
  REQUIRE(good);
  CHECK(good->access_key_id == "AKIDPROC");
  CHECK(good->session_token == "t");
  CHECK(good->expires == parse_rfc3339("2026-01-02T04:04:05Z"));

  auto message = [&](std::string command) {
    auto result = run(std::move(command));
    REQUIRE_FALSE(result);
    CHECK((result.error().message + result.error().cause).find("s3cret") == std::string::npos);
    return result.error().message;
  };
  const std::string start = "profile p: its credential_process ";
  CHECK(message("exit 3") == start + "ended with exit code 3");
  CHECK(message("kill -TERM $$") == start + "was ended by signal 15");
  CHECK(message("echo s3cret") == start + "did not print a JSON object");
  CHECK(message(R"(echo '{"Version":2,"AccessKeyId":"s3cret"}')") ==
        start + "printed no \"Version\": 1, the only version there is");
  CHECK(message(R"(echo '{"Version":1,"SecretAccessKey":"s3cret"}')")
            .ends_with("AccessKeyId or SecretAccessKey is missing"));
  CHECK(message("head -c 100000 /dev/zero") == start + "printed more than 64 KiB");

  auto start_time = std::chrono::steady_clock::now();
  auto slow = run("sleep 30 & sleep 30", Millis(50));
  REQUIRE_FALSE(slow);
  CHECK(slow.error().code == ErrorCode::timeout);
  std::stop_source stop;
  stop.request_stop();
  CHECK(run("sleep 30", Millis(20'000), stop.get_token()).error().code == ErrorCode::cancelled);
  CHECK(std::chrono::steady_clock::now() - start_time < std::chrono::seconds(10));
}

TEST_CASE("credential_process in a profile") {
  World world(R"([profile tool]
credential_process = echo '{"Version": 1, "AccessKeyId": "AKIDTOOL", "SecretAccessKey": "s"}'
)");
  CHECK(world.key("tool") == "AKIDTOOL");
}
