#include "aws/protocol/query.h"

#include "aws/protocol/scalar.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

// Nested parameters are flattened to "Filter.1.Value.2=x". The two protocols differ in names and in lists only.
class FormWriter {
 public:
  FormWriter(bool ec2, std::string& body) : ec2_(ec2), body_(body) {}

  void pair(std::string_view key, std::string_view value) {
    if (!body_.empty()) body_ += '&';
    body_ += percent_encode(key);
    body_ += '=';
    body_ += percent_encode(value);
  }

  void structure(const Shape& shape, const json::object& object, const std::string& prefix) {
    for (const auto& [name, value] : object) {
      const Member& member = *shape.member(name);
      write(member, value, prefix.empty() ? wire_name(member) : fmt::format("{}.{}", prefix, wire_name(member)));
    }
  }

 private:
  std::string wire_name(const Member& member) const {
    if (!ec2_) return member.location_name.empty() ? member.name : member.location_name;
    if (!member.query_name.empty()) return member.query_name;
    if (member.location_name.empty()) return member.name;
    auto name = member.location_name;
    if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
    return name;
  }

  void write(const Member& use, const json::value& value, const std::string& prefix) {
    if (value.is_null()) return;
    switch (use.shape->type) {
      case ShapeType::structure:
        return structure(*use.shape, value.get_object(), prefix);
      case ShapeType::list:
        return list(use, value.get_array(), prefix);
      case ShapeType::map:
        return map(use, value.get_object(), prefix);
      default:
        return pair(prefix, scalar_to_text(use, value, TimestampFormat::iso8601));
    }
  }

  void list(const Member& use, const json::array& array, const std::string& prefix) {
    const Member& element = use.shape->element;
    if (!ec2_ && array.empty()) return pair(prefix, "");
    std::string list_prefix = prefix;
    if (!ec2_ && !use.flattened) {
      list_prefix += "." + (element.location_name.empty() ? "member" : element.location_name);
    } else if (!ec2_ && !element.location_name.empty()) {
      // A flattened list goes by its elements' name instead of its own.
      auto dot = list_prefix.rfind('.');
      list_prefix.resize(dot == std::string::npos ? 0 : dot + 1);
      list_prefix += element.location_name;
    }
    size_t index = 0;
    for (const auto& item : array) write(element, item, fmt::format("{}.{}", list_prefix, ++index));
  }

  void map(const Member& use, const json::object& object, const std::string& prefix) {
    const Shape& shape = *use.shape;
    auto name = [](const Member& part, std::string_view standard) {
      return part.location_name.empty() ? standard : std::string_view(part.location_name);
    };
    size_t index = 0;
    for (const auto& [key, value] : object) {
      auto entry = fmt::format("{}{}.{}", prefix, use.flattened ? "" : ".entry", ++index);
      pair(fmt::format("{}.{}", entry, name(shape.key, "key")), key);
      write(shape.value, value, fmt::format("{}.{}", entry, name(shape.value, "value")));
    }
  }

  bool ec2_;
  std::string& body_;
};

}  // namespace

void write_query_request(const Service& service, const Operation& operation, const json::object& input,
                         WireRequest& request) {
  request.method = operation.method;
  request.path = "/";
  request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"});
  FormWriter form(service.protocol() == Protocol::ec2, request.body);
  form.pair("Action", operation.name);
  form.pair("Version", service.api_version());
  if (operation.input) form.structure(*operation.input, input, "");
}

}  // namespace cadastre::aws
