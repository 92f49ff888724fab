// The program's log: one line an event, to standard error. Secrets are never passed here. Thread-safe.
#pragma once

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string_view>

namespace cadastre {

enum class LogLevel { debug, info, warning, error, off };

void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);
void log_line(LogLevel level, std::string_view message);

// For machines: one JSON object a line, {"time", "level", "message", …}. For people otherwise, which is what is taken
// when nothing is said.
void set_log_json(bool json);
// An event with fields: members of the object, or "name=value" after the message.
void log_record(LogLevel level, std::string_view message, const boost::json::object& fields);

template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::debug)) log_line(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::info)) log_line(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::warning)) log_line(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace cadastre
