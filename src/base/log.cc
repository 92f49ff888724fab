#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace cadastre {
namespace {

spdlog::level::level_enum spd_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

constexpr const char* kForPeople = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
std::atomic<bool> as_json{false};

spdlog::logger& logger() {
  static auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("cadastre", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(kForPeople, spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(spd_level(level)); }
bool log_enabled(LogLevel level) { return logger().should_log(spd_level(level)); }

void log_line(LogLevel level, std::string_view message) {
  if (!log_enabled(level)) return;
  if (as_json)
    log_record(level, message, {});
  else
    logger().log(spd_level(level), printable(message));
}

void set_log_json(bool json) {
  as_json = json;
  if (json)
    logger().set_pattern("%v");
  else
    logger().set_pattern(kForPeople, spdlog::pattern_time_type::utc);
}

void log_record(LogLevel level, std::string_view message, const json::object& fields) {
  if (!log_enabled(level)) return;
  if (!as_json) {
    std::string line(message);
    for (const auto& [name, value] : fields) {
      auto text = scalar_text(value);
      line += text.find(' ') == text.npos ? fmt::format(" {}={}", std::string_view(name), text)
                                          : fmt::format(" {}='{}'", std::string_view(name), text);
    }
    return logger().log(spd_level(level), printable(line));
  }
  json::object record{{"time", format_time(system_clock().now())},
                      {"level", spdlog::level::to_string_view(spd_level(level)).data()},
                      {"message", message}};
  for (const auto& [name, value] : fields) record[name] = value;
  logger().log(spd_level(level), to_json(record));
}

}  // namespace cadastre
