// Where credentials come from: every source against a peer in memory, or a real one on a socket.
#include "aws/credentials.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "support/fakes.h"
#include "support/scripted_server.h"

using namespace cadastre;
using namespace cadastre::aws;
using namespace cadastre::testing;

namespace {

constexpr std::string_view kRole = "arn:aws:iam::111111111111:role/cadastre-read";

// STS's answer, in the form of the API reference's example.
std::string granted(std::string_view action, std::string_view key) {
  return fmt::format(
      "<{0}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{0}Result><Credentials>"
      "<AccessKeyId>{1}</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>"
      "<SessionToken>role-token</SessionToken><Expiration>2026-01-02T04:04:05Z</Expiration>"
      "</Credentials></{0}Result></{0}Response>",
      action, key);
}

HttpResponse answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse refused(std::string_view code, std::string_view message, int status = 403) {
  return answer(status,
                fmt::format("<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>"
                            "<RequestId>1</RequestId></ErrorResponse>",
                            code, message));
}

// An environment that is made up, with its own directory for files.
struct World {
  std::string directory = fmt::format("/tmp/cadastre_credentials_{}_{}", ::getpid(), reinterpret_cast<uintptr_t>(this));
  std::map<std::string, std::string> variables{{"AWS_CONFIG_FILE", directory + "_config"},
                                               {"AWS_SHARED_CREDENTIALS_FILE", directory + "_credentials"}};
  std::vector<std::string> files;
  FakeClock clock;
  FakeHttp::Handler handler = [](const HttpRequest& request) -> Result<HttpResponse> {
    return fail(ErrorCode::network, "nobody answers at " + request.url);
  };
  FakeHttp http{[this](const HttpRequest& request) { return handler(request); }};

  Environment environment() {
    return {.variable = [this](const char* name) -> const char* {
              auto found = variables.find(name);
              return found == variables.end() ? nullptr : found->second.c_str();
            },
            .http = &http,
            .clock = &clock,
            .sts_url = [](std::string_view region) { return fmt::format("https://sts.test/{}", region); },
            .default_region = "eu-central-1"};
  }
  std::string file(std::string_view name, std::string_view content) {
    files.push_back(directory + "_" + std::string(name));
    REQUIRE(write_file(files.back(), content));
    return files.back();
  }
  ~World() {
    for (const auto& path : files) ::unlink(path.c_str());
  }
};

std::string key_of(const Result<CredentialsPtr>& source) {
  if (!source) return source.error().message;
  auto credentials = (*source)->get({});
  return credentials ? credentials->access_key_id : credentials.error().message;
}

CredentialsPtr keys(std::string id = "AKIDSOURCE") {
  return static_credentials({std::move(id), "source-secret", "", std::nullopt}, "profile hub");
}

// The form that a request carries, decoded.
std::map<std::string, std::string> form(const HttpRequest& request) {
  std::map<std::string, std::string> fields;
  for (auto part : split(request.body, '&')) {
    size_t equals = part.find('=');
    fields[std::string(part.substr(0, equals))] = percent_decode(part.substr(equals + 1));
  }
  return fields;
}

}  // namespace

TEST_CASE("AssumeRole is asked of the region's STS, signed by the source, with what the role wants") {
  World world;
  world.handler = [](const HttpRequest&) { return answer(200, granted("AssumeRole", "ASIAROLE")); };
  auto source = assume_role_credentials(world.environment(), keys(),
                                        {.role_arn = std::string(kRole),
                                         .external_id = "a&b=c",
                                         .session_name = "s",
                                         .region = "eu-west-1",
                                         .duration_seconds = 900});
  auto credentials = source->get({});
  REQUIRE(credentials);
  CHECK(credentials->access_key_id == "ASIAROLE");
  CHECK(credentials->secret_access_key == "role-secret");
  CHECK(credentials->session_token == "role-token");
  CHECK(credentials->expires == parse_rfc3339("2026-01-02T04:04:05Z"));
  CHECK(source->describe() == "role arn:aws:iam::111111111111:role/cadastre-read via profile hub");

  auto request = world.http.requests().at(0);
  CHECK(request.url == "https://sts.test/eu-west-1/");
  CHECK(form(request) == std::map<std::string, std::string>{{"Action", "AssumeRole"},
                                                            {"Version", "2011-06-15"},
                                                            {"RoleArn", std::string(kRole)},
                                                            {"RoleSessionName", "s"},
                                                            {"DurationSeconds", "900"},
                                                            {"ExternalId", "a&b=c"}});
  CHECK(header_of(request, "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIDSOURCE/20260102/eu-west-1/sts/aws4_request"));
}

TEST_CASE("a refused AssumeRole says which of the usual causes to look at") {
  World world;
  auto error = [&](HttpResponse response) {
    world.handler = [&](const HttpRequest&) { return response; };
    auto role =
        assume_role_credentials(world.environment(), keys(), {.role_arn = std::string(kRole), .region = "eu-west-1"});
    auto credentials = role->get({});
    REQUIRE_FALSE(credentials);
    CHECK(credentials.error().message.find("source-secret") == std::string::npos);
    return credentials.error();
  };
  auto denied = error(
      refused("AccessDenied", "User: arn:aws:iam::999999999999:user/hub is not authorized to perform: sts:AssumeRole"));
  CHECK(denied.code == ErrorCode::denied);
  CHECK(denied.message ==
        "account 111111111111: may not assume arn:aws:iam::111111111111:role/cadastre-read: the role does not exist, "
        "does not trust "
        "arn:aws:iam::999999999999:user/hub, or the external id differs; check the role's trust policy");
  CHECK(error(refused("AccessDenied", "")).message.find("does not trust profile hub") != std::string::npos);
  CHECK(error(refused("SignatureDoesNotMatch", "The request signature we calculated…")).message ==
        "cannot assume arn:aws:iam::111111111111:role/cadastre-read: the secret access key of profile hub does not "
        "belong to its "
        "access key id");
  auto off = error(refused("RegionDisabledException", "STS is not activated in this region"));
  CHECK(off.code == ErrorCode::region_off);
  CHECK(off.message.starts_with("account 111111111111: STS is not active in eu-west-1"));
  CHECK(error(refused("ValidationError", "DurationSeconds exceeds the MaxSessionDuration", 400)).code ==
        ErrorCode::invalid);
  CHECK(error(answer(200, "<html></html>")).code == ErrorCode::malformed);
  CHECK(error(answer(200, "not xml")).code == ErrorCode::malformed);
}

TEST_CASE("STS is asked again when it is busy or away, and not when it says no") {
  World world;
  int left = 2;
  world.handler = [&](const HttpRequest&) -> Result<HttpResponse> {
    if (left-- == 2) return fail(ErrorCode::network, "reset");
    if (left == 0) return answer(503, "busy");
    return answer(200, granted("AssumeRole", "ASIAROLE"));
  };
  auto role = assume_role_credentials(world.environment(), keys(), {.role_arn = std::string(kRole)});
  CHECK(key_of(role) == "ASIAROLE");
  CHECK(world.http.requests().size() == 3);
}

TEST_CASE("when the source's own credentials have expired they are renewed once") {
  World world;
  int issued = 0;
  world.handler = [&](const HttpRequest& request) -> Result<HttpResponse> {
    bool inner = form(request)["RoleArn"].ends_with("inner");
    if (inner) return answer(200, granted("AssumeRole", fmt::format("ASIAINNER{}", ++issued)));
    bool old = header_of(request, "Authorization").find("ASIAINNER1/") != std::string::npos;
    if (old) return refused("ExpiredToken", "The security token included in the request is expired");
    return answer(200, granted("AssumeRole", "ASIAOUTER"));
  };
  auto inner = assume_role_credentials(world.environment(), keys(), {.role_arn = "arn:aws:iam::1:role/inner"});
  auto outer = assume_role_credentials(world.environment(), inner, {.role_arn = "arn:aws:iam::1:role/outer"});
  CHECK(key_of(outer) == "ASIAOUTER");
  CHECK(issued == 2);
}

TEST_CASE("the environment's keys come first, and half a pair is a mistake") {
  World world;
  world.variables["AWS_ACCESS_KEY_ID"] = "AKIDENV";
  CHECK(key_of(default_credentials(world.environment())) ==
        "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  world.variables["AWS_SECRET_ACCESS_KEY"] = "secret";
  world.variables["AWS_SESSION_TOKEN"] = "token";
  world.variables["AWS_PROFILE"] = "other";
  auto source = default_credentials(world.environment());
  CHECK(key_of(source) == "AKIDENV");
  CHECK((*source)->get({})->session_token == "token");
}

TEST_CASE("web identity: the token is read anew, nothing is signed") {
  World world;
  auto token = world.file("token", "first\n");
  world.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = token;
  CHECK(key_of(default_credentials(world.environment())) ==
        "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
  world.variables["AWS_ROLE_ARN"] = kRole;
  world.handler = [](const HttpRequest&) { return answer(200, granted("AssumeRoleWithWebIdentity", "ASIAWEB")); };
  auto source = default_credentials(world.environment());
  CHECK(key_of(source) == "ASIAWEB");
  REQUIRE(write_file(token, "second"));
  world.clock.advance(std::chrono::minutes(56));
  world.handler = [](const HttpRequest&) { return answer(200, granted("AssumeRoleWithWebIdentity", "ASIAWEB2")); };
  (void)(*source)->get({});
  auto requests = world.http.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].url == "https://sts.test/eu-central-1/");
  CHECK(form(requests[0])["WebIdentityToken"] == "first");
  CHECK(form(requests[1])["WebIdentityToken"] == "second");
  CHECK(header_of(requests[0], "Authorization") == "");

  world.handler = [](const HttpRequest&) { return refused("InvalidIdentityToken", "No OpenIDConnect provider found"); };
  auto denied = default_credentials(world.environment());
  CHECK(key_of(denied).find("check that its issuer is an identity provider of the account") != std::string::npos);
}

TEST_CASE("a container's endpoint is asked with its token, past any proxy") {
  World world;
  world.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/x";
  world.handler = [](const HttpRequest&) {
    return answer(
        200, R"({"AccessKeyId":"ASIATASK","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-02T09:00:00Z"})");
  };
  auto source = default_credentials(world.environment());
  CHECK(key_of(source) == "ASIATASK");
  CHECK((*source)->get({})->session_token == "t");
  CHECK(world.http.requests().at(0).url == "http://169.254.170.2/v2/credentials/x");
  CHECK(world.http.requests().at(0).direct);

  World pod;
  pod.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
  pod.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = pod.file("token", "pod-token\n");
  pod.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "not this one";
  pod.handler = [](const HttpRequest&) { return answer(403, "{}"); };
  CHECK(key_of(default_credentials(pod.environment())).find("refused with HTTP 403") != std::string::npos);
  CHECK(header_of(pod.http.requests().at(0), "Authorization") == "pod-token");
}

TEST_CASE("credentials are not asked of any host over plain http") {
  for (auto [url, allowed] : std::vector<std::pair<std::string, bool>>{{"http://169.254.170.23/v1/credentials", true},
                                                                       {"http://[fd00:ec2::23]/v1/credentials", true},
                                                                       {"http://127.0.0.1:9999/x", true},
                                                                       {"http://localhost/x", true},
                                                                       {"https://credentials.example/x", true},
                                                                       {"http://credentials.example/x", false},
                                                                       {"http://169.254.169.254/x", false},
                                                                       {"ftp://localhost/x", false}}) {
    CAPTURE(url);
    World world;
    world.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    CHECK(default_credentials(world.environment()).has_value() == allowed);
  }
}

TEST_CASE("the instance metadata service is spoken to in version 2, over a real connection") {
  ScriptedServer server([](const ScriptedRequest& request) -> ScriptedReply {
    const std::string roles = "/latest/meta-data/iam/security-credentials/";
    if (request.method == "PUT" && request.target == "/latest/api/token") {
      if (request.header("X-aws-ec2-metadata-token-ttl-seconds") != "21600") return {.status = 400};
      return {.body = "imds-token"};
    }
    if (request.header("X-aws-ec2-metadata-token") != "imds-token") return {.status = 401};
    if (request.target == roles) return {.body = "the-role\n"};
    if (request.target == roles + "the-role") {
      return {.body = R"({"Code":"Success","AccessKeyId":"ASIAIMDS","SecretAccessKey":"s","Token":"t",
                          "Expiration":"2026-01-02T09:00:00Z"})"};
    }
    return {.status = 404};
  });
  World world;
  HttpClient http;
  world.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url() + "/";
  auto environment = world.environment();
  environment.http = &http;
  auto source = default_credentials(environment);
  CHECK(key_of(source) == "ASIAIMDS");
  CHECK((*source)->describe() == "the instance's role");
  CHECK(server.requests().size() == 3);
}

TEST_CASE("when there are no credentials anywhere, the sentence says where was looked") {
  World world;
  auto message = key_of(default_credentials(world.environment()));
  CHECK(message.starts_with(
      "no AWS credentials: none in the environment, no profile 'default' in /tmp/cadastre_credentials"));
  CHECK(message.find("nobody answers at http://169.254.169.254/latest/api/token") != std::string::npos);
  world.variables["AWS_EC2_METADATA_DISABLED"] = "TRUE";
  CHECK(key_of(default_credentials(world.environment())).find("AWS_EC2_METADATA_DISABLED is set") != std::string::npos);
  world.variables["AWS_PROFILE"] = "missing";
  CHECK(key_of(default_credentials(world.environment())).starts_with("there is no profile 'missing' in"));
}
