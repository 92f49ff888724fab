#include "aws/protocol/timestamp.h"

#include <doctest/doctest.h>

namespace cadastre::aws {
namespace {

std::string canonical(std::string_view text) {
  auto value = timestamp_value(text, {});
  return std::string(value.get_string());
}

TEST_CASE("every form in which AWS writes an instant") {
  for (auto text : {"2014-04-29T18:30:38Z", "2014-04-29T18:30:38.000Z", "2014-04-29T20:30:38+02:00",
                    "2014-04-29T18:30:38", "20140429T183038Z", "Tue, 29 Apr 2014 18:30:38 GMT", "1398796238",
                    "1398796238.0", "1.398796238E9", " 2014-04-29T18:30:38.0Z "}) {
    CHECK_MESSAGE(canonical(text) == "2014-04-29T18:30:38Z", text);
  }
  CHECK(canonical("2014-04-29T18:30:38.5Z") == "2014-04-29T18:30:38.500Z");
  CHECK(canonical("1398796238.123") == "2014-04-29T18:30:38.123Z");
  CHECK(canonical("Sun, 02 Jan 2000 20:34:56.456 GMT") == "2000-01-02T20:34:56.456Z");
  CHECK(canonical("2014-04-29") == "2014-04-29T00:00:00Z");
  CHECK(canonical("-1.5") == "1969-12-31T23:59:58.500Z");
  CHECK(canonical("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00Z");
}

TEST_CASE("what is no timestamp stays the text that came") {
  for (auto text : {"", "never", "YYYY-MM-DDTHH:MM:SS.000Z", "2014-04-29T", "1398796238000000", "nan",
                    "Tue, 29 Foo 2014 18:30:38 GMT"}) {
    CHECK_MESSAGE(canonical(text) == text, text);
  }
}

TEST_CASE("requests carry the format that the model asks for") {
  auto time = *parse_timestamp("2014-04-29T18:30:38.123Z");
  CHECK(format_timestamp(time, TimestampFormat::iso8601) == "2014-04-29T18:30:38.123Z");
  CHECK(format_timestamp(time, TimestampFormat::unix_timestamp) == "1398796238.123");
  CHECK(format_timestamp(time - Millis(123), TimestampFormat::unix_timestamp) == "1398796238");
  CHECK(format_timestamp(time, TimestampFormat::rfc822) == "Tue, 29 Apr 2014 18:30:38 GMT");
  CHECK(format_timestamp(Time(Millis(-500)), TimestampFormat::rfc822) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

}  // namespace
}  // namespace cadastre::aws
