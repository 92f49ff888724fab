#include "aws/protocol/eventstream.h"
#include "aws/protocol/json_reader.h"
#include "aws/protocol/rest.h"
#include "aws/protocol/scalar.h"
#include "aws/protocol/xml_reader.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

std::string_view wire_name(const Member& member) {
  return member.location_name.empty() ? std::string_view(member.name) : std::string_view(member.location_name);
}

// "a, \"b,c\"" → a and b,c. Dates have commas of their own: "Mon, 16 Dec 2019 23:48:18 GMT, Mon, …".
std::vector<std::string> header_list(std::string_view text, bool dates) {
  std::vector<std::string> items;
  std::string item;
  bool quoted = false, was_quoted = false;
  int commas = 0;
  auto finish = [&] {
    items.push_back(was_quoted ? item : std::string(trim(item)));
    item.clear();
    was_quoted = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      item += text[++i];
    } else if (c == '"' && (quoted || trim(item).empty())) {
      if (!quoted) item.clear();
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted && (!dates || ++commas % 2 == 0)) {
      finish();
    } else if (!(was_quoted && !quoted && c == ' ')) {
      item += c;
    }
  }
  finish();
  return items;
}

json::value header_value(const Member& use, std::string_view text, const json::storage_ptr& storage) {
  if (use.json_value) {
    auto decoded = from_base64(text);
    auto parsed = parse_json(decoded ? *decoded : text, "a header", storage);
    return parsed ? std::move(*parsed) : text_value(text, storage);
  }
  if (use.shape->type != ShapeType::list) return scalar_from_text(use, text, storage);
  const Member& element = use.shape->element;
  bool dates = element.shape->type == ShapeType::timestamp && (element.timestamp_format == TimestampFormat::unset ||
                                                               element.timestamp_format == TimestampFormat::rfc822);
  json::array array(storage);
  for (const auto& item : header_list(text, dates)) array.push_back(scalar_from_text(element, item, storage));
  return array;
}

json::value header_map(const Member& use, const HttpResponse& response, const json::storage_ptr& storage) {
  json::object object(storage);
  auto& prefix = use.location_name;
  for (const auto& header : response.headers) {
    if (header.name.size() < prefix.size() || !iequals(std::string_view(header.name).substr(0, prefix.size()), prefix))
      continue;
    object.insert_or_assign(header.name.substr(prefix.size()),
                            scalar_from_text(use.shape->value, header.value, storage));
  }
  return object;
}

Result<json::value> read_document(const Service& service, const Member& use, HttpResponse& response,
                                  const json::storage_ptr& storage) {
  if (service.protocol() == Protocol::rest_json) return read_json(response.body, use, storage);
  return read_xml(response.body, {}, use, storage);
}

// The member that is the whole body.
Result<json::value> read_payload(const Service& service, const Member& payload, HttpResponse& response,
                                 const json::storage_ptr& storage) {
  if (payload.shape->eventstream) return read_event_stream(service, *payload.shape, response.body, storage);
  if (payload.shape->type == ShapeType::blob) return text_value(to_base64(response.body), storage);
  if (payload.shape->type == ShapeType::string) return text_value(response.body, storage);
  return read_document(service, payload, response, storage);
}

}  // namespace

std::vector<std::pair<size_t, json::value>> read_rest_headers(const Shape& shape, const HttpResponse& response,
                                                              const json::storage_ptr& storage) {
  std::vector<std::pair<size_t, json::value>> values;
  for (size_t i = 0; i < shape.members.size(); ++i) {
    const Member& member = shape.members[i];
    if (member.location == Location::status_code) {
      values.emplace_back(i, json::value(response.status, storage));
    } else if (member.location == Location::headers) {
      values.emplace_back(i, header_map(member, response, storage));
    } else if (member.location == Location::header) {
      if (auto* text = response.header(wire_name(member))) values.emplace_back(i, header_value(member, *text, storage));
    }
  }
  return values;
}

Result<json::value> read_rest_answer(const Service& service, const Shape& shape, HttpResponse& response, bool bodiless,
                                     const json::storage_ptr& storage) {
  json::value body(json::object_kind, storage);
  const Member* payload = shape.member(shape.payload);
  bool needs_body = std::any_of(shape.members.begin(), shape.members.end(),
                                [](const Member& member) { return member.location == Location::body; });
  if (payload) {
    if (!response.body.empty() || (!bodiless && payload->shape->type == ShapeType::structure)) {
      TRY_ASSIGN(auto value, read_payload(service, *payload, response, storage));
      body.get_object().emplace(payload->name, std::move(value));
    }
  } else if (response.body.empty() ? needs_body && !bodiless : !shape.members.empty()) {
    Member use;
    use.shape = &shape;
    TRY_ASSIGN(body, read_document(service, use, response, storage));
  }
  if (shape.all_in_body) return body;

  // Headers and body together, in the model's order.
  auto headers = read_rest_headers(shape, response, storage);
  json::object merged(storage);
  merged.reserve(headers.size() + body.get_object().size());
  auto next = headers.begin();
  for (size_t i = 0; i < shape.members.size(); ++i) {
    if (next != headers.end() && next->first == i) {
      merged.emplace(shape.members[i].name, std::move(next->second));
      ++next;
    } else if (auto at = body.get_object().find(shape.members[i].name); at != body.get_object().end()) {
      merged.emplace(shape.members[i].name, std::move(at->value()));
    }
  }
  return merged;
}

}  // namespace cadastre::aws
