#include "base/time.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <charconv>

namespace cadastre {
namespace {

// Reads exactly `width` digits at `at`; -1 when they are not there.
int digits(std::string_view text, size_t at, size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

class SystemClock final : public Clock {
 public:
  Time now() override { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }
  std::chrono::steady_clock::time_point steady() override { return std::chrono::steady_clock::now(); }
};

}  // namespace

std::string format_time(Time time) {
  auto days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(days);
  std::chrono::hh_mm_ss clock(time - days);
  // Compiled, for every row of every answer has some.
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"),
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (auto millis = clock.subseconds().count(); millis != 0)
    fmt::format_to(std::back_inserter(text), FMT_COMPILE(".{:03}"), millis);
  text.push_back('Z');
  return fmt::to_string(text);
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  if (text.size() < 20) return std::nullopt;
  auto date = parse_date(text.substr(0, 10));
  int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!date || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  size_t at = 19;
  int millis = 0;
  if (text[at] == '.') {
    int scale = 100;
    if (digits(text, ++at, 1) < 0) return std::nullopt;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      millis += (text[at] - '0') * scale;
      scale /= 10;
    }
  }
  int offset = 0;
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    if (at + 1 != text.size()) return std::nullopt;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    bool colon = at + 3 < text.size() && text[at + 3] == ':';
    int hours = digits(text, at + 1, 2), minutes = digits(text, at + (colon ? 4 : 3), 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text.size() != at + (colon ? 6 : 5))
      return std::nullopt;
    offset = (hours * 60 + minutes) * (text[at] == '-' ? -1 : 1);
  } else {
    return std::nullopt;
  }
  return Time(std::chrono::time_point_cast<Millis>(*date) + std::chrono::hours(hour) +
              std::chrono::minutes(minute - offset) + std::chrono::seconds(second) + Millis(millis));
}

Result<Millis> parse_duration(std::string_view text) {
  Millis total{0};
  std::string_view rest = text;
  if (rest.empty()) return fail(ErrorCode::invalid, "an empty duration; write for example 15m, 2h or 90d");
  while (!rest.empty()) {
    int64_t count = 0;
    auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc() || count < 0 || count > 1'000'000'000) {
      return fail(ErrorCode::invalid, fmt::format("'{}' is not a duration; write for example 15m, 2h or 90d", text));
    }
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    size_t width = std::min(rest.find_first_of("0123456789"), rest.size());
    auto unit = rest.substr(0, width);
    rest.remove_prefix(width);
    if (unit == "ms")
      total += Millis(count);
    else if (unit == "s")
      total += std::chrono::seconds(count);
    else if (unit == "m")
      total += std::chrono::minutes(count);
    else if (unit == "h")
      total += std::chrono::hours(count);
    else if (unit == "d")
      total += std::chrono::days(count);
    else if (unit == "w")
      total += std::chrono::weeks(count);
    else
      return fail(ErrorCode::invalid,
                  fmt::format("'{}' is not a duration: the unit '{}' is none of ms, s, m, h, d, w", text, unit));
    // Keeps sums, and what is added to any time, inside four-digit years.
    if (total > std::chrono::years(1000)) {
      return fail(ErrorCode::invalid,
                  fmt::format("the duration '{}' is too long: a thousand years are the most", text.substr(0, 40)));
    }
  }
  return total;
}

std::string format_duration(Millis duration) {
  if (duration < Millis(0)) return "-" + format_duration(-duration);
  if (duration < std::chrono::seconds(1)) return fmt::format("{}ms", duration.count());
  struct Unit {
    const char* name;
    int64_t millis;
  };
  static constexpr Unit kUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}};
  std::string text;
  int64_t rest = duration.count();
  int shown = 0;
  for (const auto& unit : kUnits) {
    int64_t count = rest / unit.millis;
    rest %= unit.millis;
    if (count == 0 && shown == 0) continue;
    if (count > 0) text += fmt::format("{}{}{}", shown ? " " : "", count, unit.name);
    if (++shown == 2) break;
  }
  return text;
}

Result<Time> parse_time(std::string_view text, Time now) {
  if (text == "now") return now;
  if (text.starts_with("-")) {
    TRY_ASSIGN(auto ago, parse_duration(text.substr(1)));
    return now - ago;
  }
  if (auto time = parse_rfc3339(text)) return *time;
  if (text.size() == 10) {
    if (auto date = parse_date(text)) return std::chrono::time_point_cast<Millis>(*date);
  }
  return fail(
      ErrorCode::invalid,
      fmt::format("'{}' is not a time; write 2026-11-21T09:00:00Z, 2026-11-21, now, or relative like -2h", text));
}

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace cadastre
