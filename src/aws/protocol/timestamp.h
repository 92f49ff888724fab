// Timestamps in the forms that AWS writes them. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/model.h"
#include "base/time.h"

namespace cadastre::aws {

// ISO 8601 (any fraction and offset; no offset is UTC; basic form and bare dates too), RFC 822 dates, and seconds since
// 1970.
std::optional<Time> parse_timestamp(std::string_view text);

// nullopt outside the years 0 to 9999, which RFC 3339 cannot express.
std::optional<Time> time_of_seconds(double seconds);

// As documents have it: RFC 3339 UTC, milliseconds only when there are any.
json::value timestamp_value(Time time, const json::storage_ptr& storage);

// The same for a text on the wire. What is no timestamp stays the text that came: nothing is lost, nothing invented.
json::value timestamp_value(std::string_view text, const json::storage_ptr& storage);

// For requests. unset is ISO 8601; HTTP dates have no fraction.
std::string format_timestamp(Time time, TimestampFormat format);

}  // namespace cadastre::aws
