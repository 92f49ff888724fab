#include "aws/protocol/validate.h"

#include "aws/protocol/scalar.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

using Complaint = std::optional<std::string>;  // "the parameter X …"

Complaint complain(std::string_view path, std::string_view what) {
  return fmt::format("the parameter {} {}", path, what);
}

Complaint check(const Member& use, const json::value& value, const std::string& path);

Complaint check_structure(const Shape& shape, const json::object& object, const std::string& path) {
  auto inside = [&](std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
  };
  for (const auto& [name, value] : object) {
    auto* member = shape.member(name);
    if (!member) {
      std::vector<std::string_view> names;
      for (const auto& known : shape.members) names.push_back(known.name);
      return complain(inside(name), "is unknown" + did_you_mean(name, names));
    }
    if (value.is_null()) continue;
    if (auto complaint = check(*member, value, inside(name))) return complaint;
    // "/{Bucket}/{Key}" with an empty label would be another operation's address.
    if (member->location == Location::uri && value.is_string() && value.get_string().empty()) {
      return complain(inside(name), "must not be empty");
    }
  }
  for (const auto& name : shape.required) {
    auto at = object.find(name);
    if (at == object.end() || at->value().is_null()) return complain(inside(name), "is missing");
  }
  return {};
}

Complaint check_scalar(ShapeType type, const json::value& value, std::string_view path) {
  switch (type) {
    case ShapeType::boolean:
      return value.is_bool() ? Complaint() : complain(path, "must be true or false");
    case ShapeType::integer:
    case ShapeType::long_:
      return value.is_int64() || value.is_uint64() ? Complaint() : complain(path, "must be a whole number");
    case ShapeType::float_:
    case ShapeType::double_:
      return input_double(value) ? Complaint() : complain(path, "must be a number");
    case ShapeType::timestamp:
      return input_time(value) ? Complaint() : complain(path, "must be a time like 2026-11-21T09:00:00Z");
    case ShapeType::blob:
      return value.is_string() && from_base64(value.get_string()) ? Complaint() : complain(path, "must be base64 text");
    default:
      return value.is_string() ? Complaint() : complain(path, "must be a text");
  }
}

Complaint check(const Member& use, const json::value& value, const std::string& path) {
  const Shape& shape = *use.shape;
  if (shape.document || use.json_value) return {};
  switch (shape.type) {
    case ShapeType::structure:
      return value.is_object() ? check_structure(shape, value.get_object(), path) : complain(path, "must be an object");
    case ShapeType::list: {
      if (!value.is_array()) return complain(path, "must be a list");
      size_t index = 0;
      for (const auto& element : value.get_array()) {
        auto here = fmt::format("{}[{}]", path, index++);
        if (element.is_null()) continue;
        if (auto complaint = check(shape.element, element, here)) return complaint;
      }
      return {};
    }
    case ShapeType::map: {
      if (!value.is_object()) return complain(path, "must be an object");
      for (const auto& [key, element] : value.get_object()) {
        if (element.is_null()) continue;
        if (auto complaint = check(shape.value, element, fmt::format("{}.{}", path, std::string_view(key))))
          return complaint;
      }
      return {};
    }
    default:
      return check_scalar(shape.type, value, path);
  }
}

}  // namespace

Result<void> validate_input(const Service& service, const Operation& operation, const json::object& input) {
  static const Shape kNothing;
  auto complaint = check_structure(operation.input ? *operation.input : kNothing, input, "");
  if (!complaint) return {};
  return fail(ErrorCode::invalid, fmt::format("{} {}: {}", service.name(), operation.name, *complaint));
}

}  // namespace cadastre::aws
