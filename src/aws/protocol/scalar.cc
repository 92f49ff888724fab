#include "aws/protocol/scalar.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "aws/protocol/timestamp.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Base64 as it came, without the line breaks that some services put in.
json::value blob_from_text(std::string_view text, const json::storage_ptr& storage) {
  if (text.find_first_of(" \t\r\n") == std::string_view::npos) return text_value(text, storage);
  json::value blob(json::string_kind, storage);
  for (char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') blob.get_string().push_back(c);
  }
  return blob;
}

json::value finite_value(double number, const json::storage_ptr& storage) {
  if (std::isnan(number)) return text_value("NaN", storage);
  if (std::isinf(number)) return text_value(number > 0 ? "Infinity" : "-Infinity", storage);
  return json::value(number, storage);
}

}  // namespace

bool is_scalar(ShapeType type) {
  return type != ShapeType::structure && type != ShapeType::list && type != ShapeType::map;
}

json::value scalar_from_text(const Member& use, std::string_view text, const json::storage_ptr& storage) {
  switch (use.shape->type) {
    case ShapeType::boolean:
      if (text == "true" || text == "True") return json::value(true, storage);
      if (text == "false" || text == "False" || text.empty()) return json::value(false, storage);
      break;
    case ShapeType::integer:
    case ShapeType::long_:
      if (auto number = number_of<int64_t>(text)) return json::value(*number, storage);
      if (auto number = number_of<uint64_t>(text)) return json::value(*number, storage);
      break;
    case ShapeType::float_:
    case ShapeType::double_:
      if (auto number = number_of<double>(text)) return finite_value(*number, storage);
      break;
    case ShapeType::timestamp:
      return timestamp_value(text, storage);
    case ShapeType::blob:
      return blob_from_text(text, storage);
    default:
      break;
  }
  return text_value(text, storage);
}

json::value scalar_from_number(const Member& use, int64_t number, const json::storage_ptr& storage) {
  switch (use.shape->type) {
    case ShapeType::float_:
    case ShapeType::double_:
      return json::value(static_cast<double>(number), storage);
    case ShapeType::timestamp:
      if (auto time = time_of_seconds(static_cast<double>(number))) return timestamp_value(*time, storage);
      break;
    default:
      break;
  }
  return json::value(number, storage);
}

json::value scalar_from_number(const Member& use, uint64_t number, const json::storage_ptr& storage) {
  if (number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return scalar_from_number(use, static_cast<int64_t>(number), storage);
  }
  return json::value(number, storage);
}

json::value scalar_from_number(const Member& use, double number, const json::storage_ptr& storage) {
  switch (use.shape->type) {
    case ShapeType::integer:
    case ShapeType::long_:
      if (std::trunc(number) == number && std::abs(number) < 9e15)
        return json::value(static_cast<int64_t>(number), storage);
      break;
    case ShapeType::timestamp:
      if (auto time = time_of_seconds(number)) return timestamp_value(*time, storage);
      break;
    default:
      break;
  }
  return finite_value(number, storage);
}

std::optional<Time> input_time(const json::value& value) {
  if (value.is_string()) return parse_timestamp(std::string_view(value.get_string().data(), value.get_string().size()));
  if (value.is_number()) return time_of_seconds(value.to_number<double>());
  return std::nullopt;
}

std::optional<double> input_double(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  if (!value.is_string()) return std::nullopt;
  if (value.get_string() == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value.get_string() == "Infinity") return std::numeric_limits<double>::infinity();
  if (value.get_string() == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::string scalar_to_text(const Member& use, const json::value& value, TimestampFormat fallback) {
  if (use.shape->type != ShapeType::timestamp) return scalar_text(value);
  auto time = input_time(value);
  return time
             ? format_timestamp(*time, use.timestamp_format == TimestampFormat::unset ? fallback : use.timestamp_format)
             : std::string();
}

}  // namespace cadastre::aws
