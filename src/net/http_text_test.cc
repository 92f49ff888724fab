#include "net/http_text.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace cadastre;

TEST_CASE("a target becomes a path, segments and a query") {
  auto target =
      parse_target("GET", "/api/v1/resources/aws.ec2.instance%2F111%2Feu-west-1%2Fi-1/links?q=a+b%2B&x&x=2&&=v");
  REQUIRE(target);
  CHECK(target->path == "/api/v1/resources/aws.ec2.instance/111/eu-west-1/i-1/links");
  CHECK(target->segments ==
        std::vector<std::string>{"api", "v1", "resources", "aws.ec2.instance/111/eu-west-1/i-1", "links"});
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(target->query == Pairs{{"q", "a b+"}, {"x", ""}, {"x", "2"}, {"", "v"}});
  CHECK(parse_target("GET", "/")->segments.empty());
  CHECK(parse_target("GET", "//")->segments == std::vector<std::string>{"", ""});
  CHECK(parse_target("GET", "/a/")->segments == std::vector<std::string>{"a", ""});
  CHECK(parse_target("GET", "/a?")->query.empty());
  CHECK(parse_target("GET", "/%C3%A9")->path == "/\xc3\xa9");
  CHECK(parse_target("GET", "/a...b/.x/..y")->path == "/a...b/.x/..y");
}

TEST_CASE("an absolute target is its host and its path") {
  auto target = parse_target("GET", "http://example.com:8080/a?b=c");
  REQUIRE(target);
  CHECK(target->authority == "example.com:8080");
  CHECK(target->path == "/a");
  CHECK(target->query.size() == 1);
  CHECK(parse_target("GET", "HTTPS://example.com")->path == "/");
  CHECK(parse_target("GET", "http://example.com?x=1")->query.size() == 1);
  CHECK(parse_target("OPTIONS", "*")->path == "*");
}

TEST_CASE("targets that could be read in two ways are refused") {
  for (std::string_view target : {"",
                                  "a",
                                  "*",
                                  "example.com:443",
                                  "http://",
                                  "http:///a",
                                  "http://user@host/",
                                  "ftp://host/",
                                  "/a b",
                                  "/a\tb",
                                  "/a#b",
                                  "/\x7f",
                                  "/a/../b",
                                  "/..",
                                  "/.",
                                  "/./a",
                                  "/%2e%2e/a",
                                  "/a/%2E./b",
                                  "/a%2f..%2fb",
                                  "/a%2f%2e%2e",
                                  "/%00",
                                  "/a%0d%0ab",
                                  "/%",
                                  "/%4",
                                  "/%zz",
                                  "/%ff",
                                  "/%c0%af",
                                  "/%ed%a0%80",
                                  "/?x=%",
                                  "/?x=%00",
                                  "/?x=%ff",
                                  "/?%zz=1"}) {
    CAPTURE(target);
    auto parsed = parse_target("GET", target);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().status == 400);
    CHECK_FALSE(parsed.error().detail.empty());
  }
  CHECK(parse_target("GET", "/?x=%0a%0d..%2f..")->query[0].second == "\n\r../..");
}

TEST_CASE("UTF-8 is what the standard says it is") {
  for (std::string_view good : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                                "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(good));
  }
  for (std::string_view bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xef\xbf", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3", "\xc3(", "\xe2\x28\xa1"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("cookies") {
  std::string_view header = "a=1; session=\"x=y\";b=;  session=second; sess=3";
  CHECK(cookie_value(header, "session") == "x=y");
  CHECK(cookie_value(header, "a") == "1");
  CHECK(cookie_value(header, "b") == "");
  CHECK(cookie_value(header, "sess") == "3");
  CHECK(cookie_value(header, "ession") == "");
  CHECK(cookie_value("", "a") == "");
  CHECK(cookie_value("a", "a") == "");
}

TEST_CASE("who accepts gzip") {
  for (auto yes : {"gzip", "GZIP", "deflate, gzip;q=1.0, *;q=0.5", "*", "gzip;q=0.001", "br;q=1.0, gzip ; q=0.8"}) {
    CAPTURE(yes);
    CHECK(accepts_gzip(yes));
  }
  for (auto no : {"", "identity", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *", "deflate", "gzipped"}) {
    CAPTURE(no);
    CHECK_FALSE(accepts_gzip(no));
  }
  CHECK(is_compressible("application/json; charset=utf-8"));
  CHECK(is_compressible("Application/Problem+JSON"));
  CHECK(is_compressible("text/csv"));
  CHECK(is_compressible("image/svg+xml"));
  CHECK_FALSE(is_compressible("text/event-stream"));
  CHECK_FALSE(is_compressible("image/png"));
  CHECK_FALSE(is_compressible(""));
}

TEST_CASE("tags are compared weakly, as If-None-Match wants") {
  CHECK(etag_matches("\"a\"", "\"a\""));
  CHECK(etag_matches("W/\"a\"", "\"a\""));
  CHECK(etag_matches("\"a\"", "W/\"a\""));
  CHECK(etag_matches("\"x,y\", W/\"a\" , \"b\"", "\"a\""));
  CHECK(etag_matches("\"x,y\"", "\"x,y\""));
  CHECK(etag_matches("*", "\"a\""));
  CHECK_FALSE(etag_matches("*", ""));
  CHECK_FALSE(etag_matches("\"ab\"", "\"a\""));
  CHECK_FALSE(etag_matches("a", "\"a\""));
  CHECK_FALSE(etag_matches("\"a", "\"a\""));
  CHECK_FALSE(etag_matches("", "\"a\""));
}

TEST_CASE("the client behind proxies is the right-most address that no trusted proxy has") {
  std::vector<Network> trusted = {*parse_network("10.0.0.0/8"), *parse_network("fd00::/8"),
                                  *parse_network("127.0.0.1")};
  auto client = [&](std::string_view peer, std::string_view forwarded) {
    return forwarded_client(peer, forwarded, trusted);
  };
  CHECK(client("10.1.2.3", "203.0.113.7") == "203.0.113.7");
  CHECK(client("10.1.2.3", "1.1.1.1, 203.0.113.7, 10.9.9.9") == "203.0.113.7");  // 1.1.1.1 is only what it said itself
  CHECK(client("10.1.2.3", "10.4.4.4, 10.9.9.9") == "10.4.4.4");
  CHECK(client("203.0.113.9", "1.1.1.1") == "203.0.113.9");  // not a proxy of ours
  CHECK(client("10.1.2.3", "") == "10.1.2.3");
  CHECK(client("10.1.2.3", "unknown") == "10.1.2.3");
  CHECK(client("10.1.2.3", "203.0.113.7, nonsense") == "10.1.2.3");
  CHECK(client("10.1.2.3", "0.0.0.0/0") == "10.1.2.3");
  CHECK(client("fd00::1", "2001:db8::5") == "2001:db8::5");
  CHECK(client("127.0.0.1", "[2001:db8::5]:1234") == "2001:db8::5");
  CHECK(client("127.0.0.1", "203.0.113.7:80") == "203.0.113.7");
  CHECK(forwarded_client("10.1.2.3", "203.0.113.7", {}) == "10.1.2.3");
}

TEST_CASE("dates and reasons") {
  CHECK(http_date(*parse_rfc3339("1994-11-06T08:49:37.9Z")) == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110, 5.6.7
  CHECK(http_date(*parse_rfc3339("2024-02-29T23:59:59Z")) == "Thu, 29 Feb 2024 23:59:59 GMT");
  CHECK(reason_phrase(404) == "Not Found");
  CHECK(reason_phrase(599) == "Unknown");
  CHECK(is_token("X-Request-Id"));
  CHECK_FALSE(is_token(""));
  CHECK_FALSE(is_token("a b"));
  CHECK_FALSE(is_field_value("a\r\nb"));
  CHECK(is_field_value("a\tb\xc3\xa9"));
}
