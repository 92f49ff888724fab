// Instants and durations: milliseconds UTC everywhere; RFC 3339 at every border; and the clock that is injected.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cadastre {

using Millis = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Millis>;

// "2026-11-21T09:02:55Z", or with ".123" before the Z when the milliseconds are not zero. Years 0 to 9999.
std::string format_time(Time time);

// RFC 3339 ("2026-11-21T09:02:55.123+01:00"), a date ("2026-11-21"), "now", or relative to now ("-2h", "-90d").
// Errors: invalid, with the accepted forms.
Result<Time> parse_time(std::string_view text, Time now);

// RFC 3339 only, any fraction, any offset. nullopt when it is anything else. Fast: used on every timestamp of a
// response.
std::optional<Time> parse_rfc3339(std::string_view text);

// "90d", "15m", "1h30m", "250ms"; units ms s m h d w. Errors: invalid.
Result<Millis> parse_duration(std::string_view text);

// The two largest units: "3d 4h", "2m 5s", "350ms".
std::string format_duration(Millis duration);

// Where time comes from. Injected, so that tests turn the hands. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() = 0;                                      // wall clock; may jump
  virtual std::chrono::steady_clock::time_point steady() = 0;  // for deadlines and rates; never jumps
};

Clock& system_clock();

}  // namespace cadastre
