// When a cron schedule fires: five fields (minute, hour, day of month, month, day of week) with lists, ranges, steps
// and names, and @hourly, @daily, @weekly, @monthly, @yearly. A value; immutable, thread-safe.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace cadastre::kubernetes {

class Cron {
 public:
  static std::optional<Cron> parse(std::string_view schedule);  // nullopt: it is none

  bool fires_at(Time time) const;  // in the minute of this instant
  // The first time after `time`, as a wall clock of UTC; nullopt: not within five years.
  std::optional<Time> next(Time time) const;

 private:
  bool day_matches(std::chrono::year_month_day day) const;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;
  bool any_day_ = false, any_weekday_ = false;  // '*': only the other of the two counts
};

// When a schedule was due that last fired at `last`. A wall clock elsewhere than UTC is told by `last` itself, which is
// a moment at which it fired. nullopt: the schedule is none, or `last` is no moment of it in any zone.
std::optional<Time> due_after(std::string_view schedule, Time last, bool elsewhere);

}  // namespace cadastre::kubernetes
