#include "base/time.h"

#include <doctest/doctest.h>

#include <random>

namespace cadastre {
namespace {

using namespace std::chrono_literals;

// Milliseconds since 1970, as `date -u -d … +%s` counts.
Time at(int64_t seconds, int64_t millis = 0) { return Time(Millis(seconds * 1000 + millis)); }

TEST_CASE("RFC 3339 in all its forms") {
  constexpr int64_t kMoment = 1795251775;  // 2026-11-21T09:02:55Z
  for (std::string_view text : {"2026-11-21T09:02:55Z", "2026-11-21t09:02:55z", "2026-11-21 09:02:55Z",
                                "2026-11-21T09:02:55+00:00", "2026-11-21T10:02:55+01:00", "2026-11-21T03:32:55-05:30",
                                "2026-11-20T23:02:55-10:00", "2026-11-21T09:02:55-0000", "2026-11-21T09:02:55.000Z"}) {
    CHECK_MESSAGE(parse_rfc3339(text) == at(kMoment), text);
  }
  CHECK(parse_rfc3339("2026-11-21T09:02:55.1Z") == at(kMoment, 100));
  CHECK(parse_rfc3339("2026-11-21T09:02:55.123456789Z") == at(kMoment, 123));
  CHECK(parse_rfc3339("2026-11-21T09:02:55.999999999999+00:00") == at(kMoment, 999));
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == at(0));
  CHECK(parse_rfc3339("1969-12-31T23:59:59.5Z") == at(-1, 500));
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z") == at(1709164800));
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == at(1483228800));  // the leap second counts as the next second
}

TEST_CASE("anything else is no timestamp") {
  for (std::string_view text : {"",
                                "2026",
                                "2026-11-21",
                                "2026-11-21T09:02:55",
                                "2026-11-21T09:02Z",
                                "2026-02-29T00:00:00Z",
                                "2026-13-01T00:00:00Z",
                                "2026-00-01T00:00:00Z",
                                "2026-11-31T00:00:00Z",
                                "2026-11-21T24:00:00Z",
                                "2026-11-21T09:60:00Z",
                                "2026-11-21T09:02:61Z",
                                "2026-11-21T09:02:55Zx",
                                "2026-11-21T09:02:55+1:00",
                                "2026-11-21T09:02:55+01",
                                "2026-11-21T09:02:55+01:00x",
                                "2026-11-21T09:02:55.Z",
                                "2026-11-21T09:02:55+24:00",
                                "2026-11-21T09:02:55+01:60",
                                "2026/11/21T09:02:55Z",
                                "2026-11-21T09-02-55Z",
                                "20261121T090255Z",
                                "x026-11-21T09:02:55Z",
                                "2026-11-21X09:02:55Z",
                                "2026-11-21T09:02:55.5"}) {
    CHECK_MESSAGE(!parse_rfc3339(text), text);
  }
}

TEST_CASE("times are written with milliseconds only where there are some") {
  CHECK(format_time(at(1795251775)) == "2026-11-21T09:02:55Z");
  CHECK(format_time(at(1795251775, 7)) == "2026-11-21T09:02:55.007Z");
  CHECK(format_time(at(0)) == "1970-01-01T00:00:00Z");
  CHECK(format_time(at(-1, 500)) == "1969-12-31T23:59:59.500Z");
  std::mt19937_64 random(3);
  for (int i = 0; i < 5000; ++i) {
    // Years 0 to 9999.
    Time time(Millis(static_cast<int64_t>(random() % 315'569'433'600'000) - 62'167'219'200'000));
    REQUIRE_MESSAGE(parse_rfc3339(format_time(time)) == time, format_time(time));
  }
}

TEST_CASE("times as people give them") {
  auto now = at(1795251775);
  CHECK(*parse_time("now", now) == now);
  CHECK(*parse_time("-2h", now) == now - 2h);
  CHECK(*parse_time("-90d", now) == now - 24h * 90);
  CHECK(*parse_time("2026-11-21", now) == at(1795219200));
  CHECK(*parse_time("2026-11-21T09:02:55+01:00", now) == now - 1h);
  for (std::string_view text : {"", "yesterday", "2026-02-30", "2h", "-", "-2", "-2x", "26-11-21"}) {
    CAPTURE(text);
    auto time = parse_time(text, now);
    REQUIRE_FALSE(time);
    CHECK(time.error().code == ErrorCode::invalid);
  }
  CHECK(parse_time("soon", now).error().message.find("2026-11-21T09:00:00Z") != std::string::npos);
}

TEST_CASE("durations") {
  CHECK(*parse_duration("250ms") == 250ms);
  CHECK(*parse_duration("1h30m") == 90min);
  CHECK(*parse_duration("2w") == 24h * 14);
  CHECK(*parse_duration("90d") == 24h * 90);
  CHECK(*parse_duration("0s") == 0ms);
  for (std::string_view text : {"", "5", "m", "5 m", "-5m", "1.5h", "5min", "1h-5m", "9999999999s", "h1"}) {
    CAPTURE(text);
    auto duration = parse_duration(text);
    REQUIRE_FALSE(duration);
    CHECK(duration.error().code == ErrorCode::invalid);
  }
  // However long: never past what a time can hold.
  std::string endless;
  for (int i = 0; i < 100; ++i) endless += "1000000000w";
  CHECK_FALSE(parse_duration(endless));
  CHECK_FALSE(parse_duration("1000000000w"));
}

TEST_CASE("durations for people have their two largest units") {
  CHECK(format_duration(350ms) == "350ms");
  CHECK(format_duration(0ms) == "0ms");
  CHECK(format_duration(125s) == "2m 5s");
  CHECK(format_duration(76h + 59min) == "3d 4h");
  CHECK(format_duration(1h + 5s) == "1h");
  CHECK(format_duration(24h) == "1d");
  CHECK(format_duration(1999ms) == "1s");
  CHECK(format_duration(-90s) == "-1m 30s");
}

TEST_CASE("the system's clock: the wall is near, the steady one never goes back") {
  auto& clock = system_clock();
  CHECK(clock.now() > at(1'700'000'000));
  auto before = clock.steady();
  CHECK(clock.steady() >= before);
}

}  // namespace
}  // namespace cadastre
