// Roles, external ids, signatures and clocks against ministack, which checks them as AWS does. Slow: it starts a
// server.
//
// ministack 1.5 wants a botocore of its own, so it has its own virtual environment: tools/requirements-ministack.txt in
// build/ministack, or wherever CADASTRE_MINISTACK says.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "aws/credentials.h"
#include "base/text.h"
#include "support/scripted_server.h"

using namespace cadastre;
using namespace cadastre::aws;

namespace {

constexpr std::string_view kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/hub"},
        "Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"agreed"}}}]})";
constexpr std::string_view kMayAssume =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]})";

std::string program() {
  const char* given = std::getenv("CADASTRE_MINISTACK");
  return given ? given : CADASTRE_SOURCE_DIR "/build/ministack/bin/ministack";
}

int free_port() {
  return testing::ScriptedServer([](const auto&) { return testing::ScriptedReply(); }).port();
}

class Ministack {
 public:
  Ministack() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::string path = program(), port = fmt::format("GATEWAY_PORT={}", port_), host = "BIND_HOST=127.0.0.1",
                checks = "AUTH=true", home = "HOME=/tmp", search = "PATH=/usr/bin:/bin";
    char* arguments[] = {path.data(), nullptr};
    char* variables[] = {port.data(), host.data(), checks.data(), home.data(), search.data(), nullptr};
    int error = ::posix_spawn(&child_, path.c_str(), &actions, nullptr, arguments, variables);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    REQUIRE_MESSAGE(error == 0,
                    path << " cannot be started: install tools/requirements-ministack.txt into build/ministack");
    std::string said;
    char buffer[4096];
    while (said.find("Running on") == said.npos) {
      ssize_t count = ::read(output_, buffer, sizeof buffer);
      REQUIRE_MESSAGE(count > 0, "ministack did not start: " << said);
      said.append(buffer, static_cast<size_t>(count));
    }
  }
  ~Ministack() {
    ::kill(child_, SIGTERM);
    ::close(output_);
    ::waitpid(child_, nullptr, 0);
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

  Environment environment(Clock& clock) {
    return {.variable = [](const char*) -> const char* { return nullptr; },
            .http = &http_,
            .clock = &clock,
            .sts_url = [url = url()](std::string_view) { return url; },
            .default_region = "us-east-1"};
  }

  // An IAM call as the account's root; the answer's body.
  std::string iam(std::string_view action, const std::vector<std::pair<std::string, std::string_view>>& parameters) {
    std::string body = fmt::format("Action={}&Version=2010-05-08", action);
    for (const auto& [name, value] : parameters) body += fmt::format("&{}={}", name, percent_encode(value));
    SigningRequest request{.method = "POST",
                           .host = url().substr(7),
                           .path = "/",
                           .query = "",
                           .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                           .body = body};
    sign(request, {"test", "test", "", std::nullopt}, {"us-east-1", "iam"}, system_clock().now());
    auto response = http_.send({.method = "POST", .url = url() + "/", .headers = request.headers, .body = body}, {});
    REQUIRE(response);
    REQUIRE_MESSAGE(response->status == 200, action << ": " << response->body);
    return response->body;
  }

 private:
  int port_ = free_port();
  pid_t child_ = 0;
  int output_ = -1;
  HttpClient http_;
};

std::string element(const std::string& xml, std::string_view name) {
  size_t start = xml.find(fmt::format("<{}>", name)) + name.size() + 2;
  return xml.substr(start, xml.find(fmt::format("</{}>", name)) - start);
}

// A clock that is off by a fixed time.
class SkewedClock final : public Clock {
 public:
  explicit SkewedClock(Millis by) : by_(by) {}
  Time now() override { return system_clock().now() + by_; }
  std::chrono::steady_clock::time_point steady() override { return system_clock().steady(); }

 private:
  Millis by_;
};

}  // namespace

TEST_CASE("roles, external ids, signatures and clocks are checked, and each refusal is explained" *
          doctest::test_suite("slow")) {
  Ministack ministack;
  ministack.iam("CreateUser", {{"UserName", "hub"}});
  ministack.iam("PutUserPolicy", {{"UserName", "hub"}, {"PolicyName", "assume"}, {"PolicyDocument", kMayAssume}});
  ministack.iam("CreateRole", {{"RoleName", "cadastre-read"}, {"AssumeRolePolicyDocument", kTrust}});
  auto made = ministack.iam("CreateAccessKey", {{"UserName", "hub"}});
  Credentials hub{element(made, "AccessKeyId"), element(made, "SecretAccessKey"), "", std::nullopt};

  const AssumeRole right{
      .role_arn = "arn:aws:iam::000000000000:role/cadastre-read", .external_id = "agreed", .region = "us-east-1"};
  auto assume = [&](const Credentials& keys, const AssumeRole& role, Clock& clock) {
    auto environment = ministack.environment(clock);
    return assume_role_credentials(environment, static_credentials(keys, "profile hub"), role)->get({});
  };
  auto refusal = [&](const Credentials& keys, const AssumeRole& role, Clock& clock) {
    auto credentials = assume(keys, role, clock);
    REQUIRE_FALSE(credentials);
    CHECK((credentials.error().message + credentials.error().cause).find(keys.secret_access_key) == std::string::npos);
    return credentials.error();
  };

  SUBCASE("the right role with the right external id") {
    auto credentials = assume(hub, right, system_clock());
    REQUIRE_MESSAGE(credentials, credentials.error().message << credentials.error().cause);
    CHECK(credentials->access_key_id.starts_with("ASIA"));
    CHECK_FALSE(credentials->session_token.empty());
    auto left = *credentials->expires - system_clock().now();
    CHECK(left > std::chrono::minutes(58));
    CHECK(left < std::chrono::minutes(61));
  }
  SUBCASE("another external id, none, and a role that does not exist") {
    for (auto [role, id] : std::vector<std::pair<std::string, std::string>>{
             {"cadastre-read", "guessed"}, {"cadastre-read", ""}, {"cadastre-reed", "agreed"}}) {
      CAPTURE(role);
      CAPTURE(id);
      auto wrong = right;
      wrong.role_arn = "arn:aws:iam::000000000000:role/" + role;
      wrong.external_id = id;
      auto error = refusal(hub, wrong, system_clock());
      CHECK(error.code == ErrorCode::denied);
      CHECK(error.message.starts_with("account 000000000000: may not assume " + wrong.role_arn));
      CHECK(error.message.ends_with("check the role's trust policy"));
    }
  }
  SUBCASE("a wrong secret and an unknown key") {
    auto wrong = hub;
    wrong.secret_access_key += "x";
    auto error = refusal(wrong, right, system_clock());
    CHECK(error.code == ErrorCode::denied);
    CHECK(error.message.ends_with("the secret access key of profile hub does not belong to its access key id"));
    wrong = hub;
    wrong.access_key_id = "AKIAUNKNOWNUNKNOWN00";
    error = refusal(wrong, right, system_clock());
    CHECK(error.code == ErrorCode::denied);
    CHECK(error.message.find("AWS does not know the access key of profile hub") != std::string::npos);
  }
  SUBCASE("a clock that is hours off") {
    for (int hours : {-6, 6}) {
      SkewedClock clock{std::chrono::hours(hours)};
      auto error = refusal(hub, right, clock);
      CHECK(error.code == ErrorCode::failed);
      CHECK(error.message.find("this machine's clock is ") != std::string::npos);
      CHECK(error.message.find(hours > 0 ? "ahead of AWS's" : "behind AWS's") != std::string::npos);
    }
  }
  SUBCASE("a role is assumed with another role's credentials") {
    ministack.iam("CreateRole", {{"RoleName", "second"},
                                 {"AssumeRolePolicyDocument",
                                  R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
                                      "Principal":{"AWS":"arn:aws:iam::000000000000:role/cadastre-read"}}]})"}});
    ministack.iam("PutRolePolicy",
                  {{"RoleName", "cadastre-read"}, {"PolicyName", "assume"}, {"PolicyDocument", kMayAssume}});
    auto environment = ministack.environment(system_clock());
    auto first = assume_role_credentials(environment, static_credentials(hub, "profile hub"), right);
    auto second = assume_role_credentials(environment, first, {.role_arn = "arn:aws:iam::000000000000:role/second"});
    auto credentials = second->get({});
    REQUIRE_MESSAGE(credentials, credentials.error().message << credentials.error().cause);
    CHECK(credentials->access_key_id != first->get({})->access_key_id);
  }
}
