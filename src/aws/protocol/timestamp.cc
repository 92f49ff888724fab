#include "aws/protocol/timestamp.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr double kFirstSecond = -62'167'219'200, kLastSecond = 253'402'300'799;  // the years 0 and 9999

bool matches(std::string_view text, std::string_view pattern) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    bool fits = pattern[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == pattern[i];
    if (!fits) return false;
  }
  return true;
}

// "Tue, 29 Apr 2014 18:30:38.123 GMT", the weekday and the fraction being optional.
std::optional<Time> parse_rfc822(std::string_view text) {
  if (auto comma = text.find(','); comma != std::string_view::npos) text = trim(text.substr(comma + 1));
  auto fields = split(text, ' ');
  if (fields.size() < 4) return std::nullopt;
  auto month =
      std::find_if(std::begin(kMonths), std::end(kMonths), [&](auto name) { return iequals(name, fields[1]); });
  if (month == std::end(kMonths)) return std::nullopt;
  auto zone = fields.size() > 4 ? fields[4] : "GMT";
  if (iequals(zone, "GMT") || iequals(zone, "UTC")) zone = "Z";
  return parse_rfc3339(
      fmt::format("{}-{:02}-{:0>2}T{}{}", fields[2], month - std::begin(kMonths) + 1, fields[0], fields[3], zone));
}

// What RFC 3339 does not allow but services write: no offset, no seconds separator, no time.
std::optional<Time> parse_loose_iso8601(std::string_view text) {
  if (text.size() == 10 && matches(text, "0000-00-00")) return parse_rfc3339(fmt::format("{}T00:00:00Z", text));
  if (text.size() >= 15 && matches(text, "00000000T000000")) {
    auto part = [&](size_t at, size_t size) { return text.substr(at, size); };
    auto zone = text.size() > 15 ? text.substr(15) : "Z";
    return parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}{}", part(0, 4), part(4, 2), part(6, 2), part(9, 2), part(11, 2),
                                     part(13, 2), zone));
  }
  if (text.size() >= 19 && matches(text, "0000-00-00")) return parse_rfc3339(fmt::format("{}Z", text));
  return std::nullopt;
}

}  // namespace

std::optional<Time> time_of_seconds(double seconds) {
  if (!(seconds >= kFirstSecond && seconds <= kLastSecond)) return std::nullopt;
  return Time(Millis(std::llround(seconds * 1000)));
}

std::optional<Time> parse_timestamp(std::string_view text) {
  text = trim(text);
  if (auto time = parse_rfc3339(text)) return time;
  double seconds = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) return time_of_seconds(seconds);
  if (auto time = parse_loose_iso8601(text)) return time;
  return parse_rfc822(text);
}

json::value timestamp_value(Time time, const json::storage_ptr& storage) {
  return json::value(json::string_view(format_time(time)), storage);
}

json::value timestamp_value(std::string_view text, const json::storage_ptr& storage) {
  // Nearly every timestamp comes as "2014-04-29T18:30:38.000Z" or without the zeros: no arithmetic for those.
  if ((text.size() == 24 && matches(text, "0000-00-00T00:00:00") && text.substr(19) == ".000Z") ||
      (text.size() == 20 && matches(text, "0000-00-00T00:00:00Z"))) {
    char canonical[20];
    text.copy(canonical, 19);
    canonical[19] = 'Z';
    return json::value(json::string_view(canonical, 20), storage);
  }
  if (auto time = parse_timestamp(text)) return timestamp_value(*time, storage);
  return json::value(json::string_view(text.data(), text.size()), storage);
}

std::string format_timestamp(Time time, TimestampFormat format) {
  auto millis = time.time_since_epoch().count();
  switch (format) {
    case TimestampFormat::unset:
    case TimestampFormat::iso8601:
      return format_time(time);
    case TimestampFormat::unix_timestamp:
      return millis % 1000 == 0 ? fmt::format("{}", millis / 1000)
                                : fmt::format("{}", static_cast<double>(millis) / 1000);
    case TimestampFormat::rfc822:
      break;
  }
  auto days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(days);
  std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time) - days);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(days).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace cadastre::aws
