#include "aws/protocol/json_writer.h"
#include "aws/protocol/rest.h"
#include "aws/protocol/scalar.h"
#include "aws/protocol/xml_writer.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

std::string_view wire_name(const Member& member) {
  return member.location_name.empty() ? std::string_view(member.name) : std::string_view(member.location_name);
}

// The value of {name} or {name+} in a URI, not yet encoded.
std::string label_text(const Operation& operation, const json::object& input, std::string_view label) {
  for (const auto& member : operation.input->members) {
    if (member.location != Location::uri || wire_name(member) != label) continue;
    auto at = input.find(member.name);
    return at == input.end() ? std::string() : scalar_to_text(member, at->value(), TimestampFormat::iso8601);
  }
  return {};
}

// "/{Bucket}/{Key+}?acl": a label with '+' keeps its slashes.
std::string expand_uri(const Operation& operation, const json::object& input) {
  std::string_view rest = operation.request_uri;
  std::string uri;
  for (;;) {
    auto open = rest.find('{');
    auto close = open == rest.npos ? rest.npos : rest.find('}', open);
    if (close == rest.npos || !operation.input) return uri += rest;
    uri += rest.substr(0, open);
    auto label = rest.substr(open + 1, close - open - 1);
    bool greedy = label.ends_with('+');
    if (greedy) label.remove_suffix(1);
    uri += percent_encode(label_text(operation, input, label), greedy);
    rest.remove_prefix(close + 1);
  }
}

class QueryString {
 public:
  explicit QueryString(std::string start) : text_(std::move(start)) {}

  void add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += percent_encode(name) + '=' + percent_encode(value);
  }

  void add(const Member& use, std::string_view name, const json::value& value) {
    if (value.is_null()) return;
    if (auto* array = value.if_array()) {
      for (const auto& element : *array) add(use.shape->element, name, element);
    } else {
      add(name, scalar_to_text(use, value, TimestampFormat::iso8601));
    }
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string header_text(const Member& use, const json::value& value) {
  if (use.json_value) return to_base64(to_json(value));
  auto* array = value.if_array();
  if (!array) return scalar_to_text(use, value, TimestampFormat::rfc822);
  const Member& element = use.shape->element;
  std::vector<std::string> parts;
  for (const auto& item : *array) {
    if (item.is_null()) continue;
    auto text = header_text(element, item);
    bool quote = element.shape->type == ShapeType::string && text.find_first_of("\",") != std::string::npos;
    parts.push_back(quote ? '"' + replace_all(text, "\"", "\\\"") + '"' : text);
  }
  return join(parts, ",");
}

void add_query(const Operation& operation, const json::object& input, QueryString& query) {
  // A map stands for parameters of any name; those that the operation names itself win.
  std::set<std::string_view> named;
  for (const auto& member : operation.input->members) {
    if (member.location == Location::querystring && member.shape->type != ShapeType::map &&
        input.contains(member.name)) {
      named.insert(wire_name(member));
    }
  }
  for (const auto& [name, value] : input) {
    const Member& member = *operation.input->member(name);
    if (member.location != Location::querystring || value.is_null()) continue;
    if (auto* map = value.if_object()) {
      for (const auto& [key, element] : *map) {
        if (!named.contains(std::string_view(key))) query.add(member.shape->value, key, element);
      }
    } else {
      query.add(member, wire_name(member), value);
    }
  }
}

void add_headers(const Operation& operation, const json::object& input, std::vector<HttpHeader>& headers) {
  for (const auto& [name, value] : input) {
    const Member& member = *operation.input->member(name);
    if (value.is_null()) continue;
    if (member.location == Location::header) {
      if (auto* array = value.if_array(); array && array->empty()) continue;
      headers.push_back({std::string(wire_name(member)), header_text(member, value)});
    } else if (member.location == Location::headers) {
      for (const auto& [key, element] : value.get_object()) {
        if (element.is_null()) continue;
        headers.push_back({member.location_name + std::string(key), header_text(member.shape->value, element)});
      }
    }
  }
}

// A payload that is raw bytes or text rather than a document.
bool is_raw(const Member& payload) {
  return payload.shape->type == ShapeType::blob || payload.shape->type == ShapeType::string;
}

std::string raw_body(const Member& payload, const json::value& value) {
  auto text = scalar_text(value);
  return payload.shape->type == ShapeType::blob ? from_base64(text).value_or("") : text;
}

std::string document_body(const Service& service, const Member& use, const json::value& value) {
  if (service.protocol() == Protocol::rest_json) return to_json(wire_json(use, value));
  return write_xml(use, use.location_name.empty() ? use.shape->name : use.location_name, value);
}

std::string body_of(const Service& service, const Operation& operation, const json::object& input) {
  const Shape& shape = *operation.input;
  std::string nothing = service.protocol() == Protocol::rest_json ? "{}" : "";
  if (auto* payload = shape.member(shape.payload)) {
    auto at = input.find(payload->name);
    bool given = at != input.end() && !at->value().is_null();
    if (is_raw(*payload)) return given ? raw_body(*payload, at->value()) : std::string();
    return given ? document_body(service, *payload, at->value()) : nothing;
  }
  json::object members;
  for (const auto& [name, value] : input) {
    if (shape.member(name)->location == Location::body && !value.is_null()) members.emplace(name, value);
  }
  if (!members.empty()) return document_body(service, operation.input_use, members);
  bool has_body = std::any_of(shape.members.begin(), shape.members.end(),
                              [](const Member& member) { return member.location == Location::body; });
  return has_body ? nothing : std::string();
}

}  // namespace

void write_rest_request(const Service& service, const Operation& operation, const json::object& input,
                        WireRequest& request) {
  request.method = operation.method;
  auto uri = expand_uri(operation, input);
  auto mark = uri.find('?');
  QueryString query(mark == std::string::npos ? std::string() : uri.substr(mark + 1));
  request.path = uri.substr(0, mark);
  if (!operation.input) {
    request.query = query.text();
    return;
  }
  add_query(operation, input, query);
  request.query = query.text();
  add_headers(operation, input, request.headers);
  request.body = body_of(service, operation, input);
  auto* payload = operation.input->member(operation.input->payload);
  bool raw = payload && is_raw(*payload);
  bool typed = std::any_of(request.headers.begin(), request.headers.end(),
                           [](const HttpHeader& header) { return iequals(header.name, "Content-Type"); });
  if (!request.body.empty() && !raw && !typed) {
    request.headers.push_back(
        {"Content-Type", service.protocol() == Protocol::rest_json ? "application/json" : "application/xml"});
  }
}

}  // namespace cadastre::aws
