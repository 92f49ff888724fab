#include "aws/profile_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/file.h"

using namespace cadastre;
using namespace cadastre::aws;

TEST_CASE("a config file is read as the AWS CLI reads it") {
  auto profiles = parse_profiles(
      "\xef\xbb\xbf# comment\r\n"
      "[default]\r\n"
      "Region = eu-west-1\r\n"
      "\r\n"
      "[ profile  legacy ]\n"
      "aws_access_key_id=AKIAEXAMPLE\n"
      "aws_secret_access_key = a+b/c=d#e ; f\n"
      "s3 =\n"
      "  max_concurrent_requests = 20\n"
      "  addressing_style = path\n"
      "output = json\n"
      "[profile \"with space\"]\n"
      "region: us-east-1\n"
      "[sso-session corp]\n"
      "sso_region = us-east-1\n"
      "[legacy]\n"
      "region = nowhere\n",
      "config", ProfileFileKind::config);
  REQUIRE(profiles);
  CHECK(profiles->size() == 3);
  CHECK(profiles->at("default").at("region") == "eu-west-1");
  CHECK(profiles->at("legacy").at("aws_secret_access_key") == "a+b/c=d#e ; f");
  CHECK(profiles->at("legacy").at("s3") == "");
  CHECK(profiles->at("legacy").at("output") == "json");
  CHECK_FALSE(profiles->at("legacy").contains("region"));
  CHECK_FALSE(profiles->at("legacy").contains("addressing_style"));
  CHECK(profiles->at("with space").at("region") == "us-east-1");
}

TEST_CASE("a credentials file names its profiles without the word") {
  auto profiles =
      parse_profiles("[default]\na=1\n[legacy]\na=2\n[default]\nb=3\n", "credentials", ProfileFileKind::credentials);
  REQUIRE(profiles);
  CHECK(profiles->at("legacy").at("a") == "2");
  CHECK(profiles->at("default") == Profile{{"a", "1"}, {"b", "3"}});
}

TEST_CASE("mistakes are told with file and line") {
  auto message = [](std::string_view text) {
    auto profiles = parse_profiles(text, "/home/x/.aws/config", ProfileFileKind::config);
    REQUIRE_FALSE(profiles);
    CHECK(profiles.error().code == ErrorCode::invalid);
    return profiles.error().message;
  };
  CHECK(message("[default]\n\nregion eu-west-1\n") == "/home/x/.aws/config:3: expected 'name = value' or '[section]'");
  CHECK(message("region = x\n") == "/home/x/.aws/config:1: a setting before the first [section]");
  CHECK(message("\n[profile x\n") == "/home/x/.aws/config:2: the section's closing ']' is missing");
}

TEST_CASE("the two files are laid over each other, wherever the environment says they are") {
  auto base = fmt::format("/tmp/cadastre_profiles_{}", ::getpid());
  std::string config = base + "_config", credentials = base + "_credentials";
  REQUIRE(write_file(config, "[profile legacy]\nregion = eu-west-1\naws_access_key_id = FROMCONFIG\n"));
  REQUIRE(write_file(credentials, "[legacy]\naws_access_key_id = FROMCREDENTIALS\n"));
  std::map<std::string, std::string> variables{{"AWS_CONFIG_FILE", config},
                                               {"AWS_SHARED_CREDENTIALS_FILE", credentials}};
  Environment environment;
  environment.variable = [&](const char* name) -> const char* {
    auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
  auto profiles = load_profiles(environment);
  REQUIRE(profiles);
  auto legacy = profiles->find("legacy");
  REQUIRE(legacy);
  CHECK((*legacy)->at("region") == "eu-west-1");
  CHECK((*legacy)->at("aws_access_key_id") == "FROMCREDENTIALS");
  auto missing = profiles->find("legaci");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message ==
        fmt::format("there is no profile 'legaci' in {} or {} (did you mean 'legacy'?)", config, credentials));
  ::unlink(config.c_str());
  ::unlink(credentials.c_str());

  variables = {{"HOME", "/nonexistent"}};
  profiles = load_profiles(environment);
  REQUIRE(profiles);
  CHECK(profiles->profiles.empty());
  CHECK(profiles->config_path == "/nonexistent/.aws/config");
}
