#include "aws/protocol/json_writer.h"

#include "aws/protocol/scalar.h"
#include "aws/protocol/timestamp.h"

namespace cadastre::aws {
namespace {

json::value wire_timestamp(TimestampFormat format, const json::value& value) {
  auto time = input_time(value);
  if (!time) return value;
  if (format != TimestampFormat::unset && format != TimestampFormat::unix_timestamp)
    return json::value(format_timestamp(*time, format));
  auto millis = time->time_since_epoch().count();
  if (millis % 1000 == 0) return millis / 1000;
  return static_cast<double>(millis) / 1000;
}

}  // namespace

json::object wire_json(const Shape& shape, const json::object& object) {
  json::object wire;
  for (const auto& [name, value] : object) {
    const Member& member = *shape.member(name);
    // Parameters that are null are not there.
    if (!value.is_null()) wire.emplace(member.wire_name, wire_json(member, value));
  }
  return wire;
}

json::value wire_json(const Member& use, const json::value& value) {
  if (value.is_null() || use.shape->document) return value;
  switch (use.shape->type) {
    case ShapeType::structure:
      return wire_json(*use.shape, value.get_object());
    case ShapeType::list: {
      json::array wire;
      for (const auto& element : value.get_array()) wire.push_back(wire_json(use.shape->element, element));
      return wire;
    }
    case ShapeType::map: {
      json::object wire;
      for (const auto& [key, element] : value.get_object()) wire.emplace(key, wire_json(use.shape->value, element));
      return wire;
    }
    case ShapeType::timestamp:
      return wire_timestamp(use.timestamp_format, value);
    default:
      return value;
  }
}

}  // namespace cadastre::aws
