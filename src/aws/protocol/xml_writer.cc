#include "aws/protocol/xml_writer.h"

#include "aws/protocol/scalar.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}

  void write(const Member& use, std::string_view name, const json::value& value) {
    if (value.is_null()) return;
    switch (use.shape->type) {
      case ShapeType::structure:
        return structure(use, name, value.get_object());
      case ShapeType::list:
        return list(use, name, value.get_array());
      case ShapeType::map:
        return map(use, name, value.get_object());
      default:
        break;
    }
    open(use, name);
    out_ += '>';
    escape(scalar_to_text(use, value, TimestampFormat::iso8601));
    close(name);
  }

 private:
  // "<name xmlns…", for attributes to follow.
  void open(const Member& use, std::string_view name) {
    out_ += '<';
    out_ += name;
    if (!use.xml_uri.empty()) attribute(use.xml_prefix.empty() ? "xmlns" : "xmlns:" + use.xml_prefix, use.xml_uri);
  }

  void close(std::string_view name) {
    out_ += "</";
    out_ += name;
    out_ += '>';
  }

  void attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    escape(value);
    out_ += '"';
  }

  void structure(const Member& use, std::string_view name, const json::object& object) {
    const Shape& shape = *use.shape;
    open(use, name);
    for (const auto& [key, value] : object) {
      const Member& member = *shape.member(key);
      if (member.xml_attribute && !value.is_null()) {
        attribute(wire_name(member), scalar_to_text(member, value, TimestampFormat::iso8601));
      }
    }
    out_ += '>';
    for (const auto& [key, value] : object) {
      const Member& member = *shape.member(key);
      if (!member.xml_attribute) write(member, wire_name(member), value);
    }
    close(name);
  }

  void list(const Member& use, std::string_view name, const json::array& array) {
    const Member& element = use.shape->element;
    if (use.flattened) {
      for (const auto& item : array) write(element, name, item);
      return;
    }
    open(use, name);
    out_ += '>';
    for (const auto& item : array) write(element, name_or(element, "member"), item);
    close(name);
  }

  void map(const Member& use, std::string_view name, const json::object& object) {
    if (!use.flattened) {
      open(use, name);
      out_ += '>';
    }
    auto entry = use.flattened ? name : std::string_view("entry");
    for (const auto& [key, value] : object) {
      out_ += '<';
      out_ += entry;
      out_ += '>';
      write(use.shape->key, name_or(use.shape->key, "key"), json::value(key));
      write(use.shape->value, name_or(use.shape->value, "value"), value);
      close(entry);
    }
    if (!use.flattened) close(name);
  }

  static std::string_view wire_name(const Member& member) { return name_or(member, member.name); }

  static std::string_view name_or(const Member& member, std::string_view standard) {
    return member.location_name.empty() ? standard : std::string_view(member.location_name);
  }

  void escape(std::string_view text) {
    for (char c : text) {
      switch (c) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '"':
          out_ += "&quot;";
          break;
        case '\r':
          out_ += "&#xD;";
          break;  // a bare one would be read back as a line feed
        case '\n':
          out_ += "&#xA;";
          break;
        default:
          out_ += c;
      }
    }
  }

  std::string& out_;
};

}  // namespace

std::string write_xml(const Member& use, std::string_view name, const json::value& value) {
  std::string out;
  XmlWriter(out).write(use, name, value);
  return out;
}

}  // namespace cadastre::aws
