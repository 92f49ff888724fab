#include "aws/url.h"

#include <doctest/doctest.h>

using namespace cadastre;
using namespace cadastre::aws;

TEST_CASE("an endpoint in its pieces") {
  auto url = parse_url("HTTPS://EC2.eu-west-1.amazonaws.com:443/");
  REQUIRE(url);
  CHECK(url->origin() == "https://ec2.eu-west-1.amazonaws.com");
  CHECK(url->path == "");
  url = parse_url("http://[fd00:ec2::23]:8080/v1/credentials?a=b#c");
  REQUIRE(url);
  CHECK(url->authority == "[fd00:ec2::23]:8080");
  CHECK(url->host() == "fd00:ec2::23");
  CHECK(url->path == "/v1/credentials");
  CHECK(url->query == "a=b");
  CHECK(parse_url("http://127.0.0.1:80/x")->authority == "127.0.0.1");
  CHECK(parse_url("http://127.0.0.1:8080")->host() == "127.0.0.1");
}

TEST_CASE("what is no endpoint is refused") {
  for (auto text : {"", "localhost:4566", "ftp://x/", "https://", "https:///x", "http://a b/", "http://:80/"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_url(text));
    CHECK(parse_url(text).error().code == ErrorCode::invalid);
  }
  auto secret = parse_url("https://user:secret@host/");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().message.find("secret@") == std::string::npos);
}
