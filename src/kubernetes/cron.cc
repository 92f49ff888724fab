#include "kubernetes/cron.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace cadastre::kubernetes {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNamed = {{{"@yearly", "0 0 1 1 *"},
                                                                                  {"@annually", "0 0 1 1 *"},
                                                                                  {"@monthly", "0 0 1 * *"},
                                                                                  {"@weekly", "0 0 * * 0"},
                                                                                  {"@daily", "0 0 * * *"},
                                                                                  {"@midnight", "0 0 * * *"},
                                                                                  {"@hourly", "0 * * * *"}}};

std::optional<int> number_of(std::string_view text, std::span<const std::string_view> names, int first) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (iequals(text, names[i])) return static_cast<int>(i) + first;
  }
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "*/15", "1-5", "mon,wed", "10-50/20", "5/15"
template <size_t N>
bool read_field(std::string_view text, int least, int most, std::span<const std::string_view> names,
                std::bitset<N>& into) {
  for (auto part : split(text, ',')) {
    size_t slash = part.find('/');
    int step = 1;
    if (slash != part.npos) {
      auto read = number_of(part.substr(slash + 1), {}, 0);
      if (!read || *read < 1) return false;
      step = *read;
      part = part.substr(0, slash);
    }
    int from = least, to = most;
    if (part != "*" && part != "?") {
      size_t dash = part.find('-');
      auto first = number_of(part.substr(0, dash), names, least);
      if (!first) return false;
      auto last = dash == part.npos ? first : number_of(part.substr(dash + 1), names, least);
      if (!last) return false;
      from = *first;
      to = dash == part.npos && slash != part.npos ? most : *last;
    }
    if (from < least || to > most || from > to) return false;
    for (int i = from; i <= to; i += step) into.set(static_cast<size_t>(i));
  }
  return true;
}

bool open_field(std::string_view text) { return text.starts_with('*') || text == "?"; }

}  // namespace

std::optional<Cron> Cron::parse(std::string_view schedule) {
  schedule = trim(schedule);
  for (auto [name, fields] : kNamed) {
    if (iequals(schedule, name)) schedule = fields;
  }
  std::vector<std::string_view> fields;
  for (auto field : split(schedule, ' ')) {
    if (!field.empty()) fields.push_back(field);
  }
  constexpr size_t kFields = 5;
  Cron cron;
  bool good = fields.size() == kFields && read_field(fields[0], 0, 59, {}, cron.minutes_) &&
              read_field(fields[1], 0, 23, {}, cron.hours_) && read_field(fields[2], 1, 31, {}, cron.days_) &&
              read_field(fields[3], 1, 12, kMonths, cron.months_) &&
              read_field(fields[4], 0, 7, kWeekdays, cron.weekdays_);
  if (!good) return std::nullopt;
  if (cron.weekdays_.test(7)) cron.weekdays_.set(0);  // Sunday has two numbers
  cron.any_day_ = open_field(fields[2]);
  cron.any_weekday_ = open_field(fields[4]);
  return cron;
}

// With both a day of the month and a day of the week, either is enough.
bool Cron::day_matches(std::chrono::year_month_day day) const {
  if (!months_.test(static_cast<unsigned>(day.month()))) return false;
  bool date = days_.test(static_cast<unsigned>(day.day()));
  bool weekday = weekdays_.test(std::chrono::weekday(std::chrono::sys_days(day)).c_encoding());
  if (any_day_ || any_weekday_) return date && weekday;
  return date || weekday;
}

bool Cron::fires_at(Time time) const {
  auto day = std::chrono::floor<std::chrono::days>(time);
  auto minute = std::chrono::floor<std::chrono::minutes>(time - day).count();
  return day_matches(day) && hours_.test(static_cast<size_t>(minute / 60)) &&
         minutes_.test(static_cast<size_t>(minute % 60));
}

std::optional<Time> Cron::next(Time time) const {
  constexpr int kDays = 366 * 5;
  auto after = std::chrono::floor<std::chrono::minutes>(time) + std::chrono::minutes(1);
  auto day = std::chrono::floor<std::chrono::days>(after);
  auto minute = (after - day).count();
  for (int i = 0; i < kDays; ++i, day += std::chrono::days(1), minute = 0) {
    if (!day_matches(day)) continue;
    for (; minute < 24 * 60; ++minute) {
      if (hours_.test(static_cast<size_t>(minute / 60)) && minutes_.test(static_cast<size_t>(minute % 60)))
        return Time(day + std::chrono::minutes(minute));
    }
  }
  return std::nullopt;
}

std::optional<Time> due_after(std::string_view schedule, Time last, bool elsewhere) {
  auto cron = Cron::parse(schedule);
  if (!cron) return std::nullopt;
  if (!elsewhere) return cron->next(last);
  // The world's zones, from -12:00 to +14:00, differ by quarters of an hour.
  for (auto offset = std::chrono::minutes(-12 * 60); offset <= std::chrono::minutes(14 * 60);
       offset += std::chrono::minutes(15)) {
    if (!cron->fires_at(last + offset)) continue;
    auto due = cron->next(last + offset);
    return due ? std::optional(*due - offset) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace cadastre::kubernetes
