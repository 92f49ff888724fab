// What AWS said went wrong, in the six ways that it is said.
#include "aws/protocol/cbor_reader.h"
#include "aws/protocol/json_reader.h"
#include "aws/protocol/protocol.h"
#include "aws/protocol/rest.h"
#include "aws/protocol/xml_reader.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

bool is_xml(Protocol protocol) {
  return protocol == Protocol::query || protocol == Protocol::ec2 || protocol == Protocol::rest_xml;
}

bool is_rest(Protocol protocol) { return protocol == Protocol::rest_xml || protocol == Protocol::rest_json; }

// "aws.protocoltests#FooError:http://…" → "FooError".
std::string bare_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  if (auto hash = code.rfind('#'); hash != std::string_view::npos) code.remove_prefix(hash + 1);
  return std::string(trim(code));
}

// The first of `names` that is a text in `object`.
std::string first_text(const json::object& object, std::initializer_list<std::string_view> names) {
  for (auto name : names) {
    auto at = object.find(name);
    if (at != object.end() && at->value().is_string()) return scalar_text(at->value());
  }
  return {};
}

void read_json_fault(Protocol protocol, const HttpResponse& response, ServiceError& error) {
  auto parsed =
      protocol == Protocol::cbor ? read_cbor(response.body, Member{}, {}) : parse_json(response.body, "an error");
  if (parsed && parsed->is_object()) {
    const auto& body = parsed->get_object();
    error.message = first_text(body, {"message", "Message", "errorMessage"});
    error.code = bare_code(first_text(body, {"__type", "code", "Code"}));
  } else if (protocol != Protocol::cbor && !trim(response.body).starts_with('<')) {
    error.message = response.body.substr(0, 1000);  // some answer in plain words
  }
  if (auto* type = response.header("x-amzn-errortype")) error.code = bare_code(*type);
}

// Services that spoke the query protocol once still say by which code their callers know an error: "Code;Sender".
std::string query_compatible_code(const HttpResponse& response) {
  auto* header = response.header("x-amzn-query-error");
  if (!header) return {};
  auto parts = split(*header, ';');
  return parts.size() == 2 ? std::string(parts[0]) : std::string();
}

json::object read_detail(const Service& service, const Shape& shape, const HttpResponse& response) {
  if (is_rest(service.protocol())) {
    json::object detail;
    for (auto& [index, value] : read_rest_headers(shape, response, {}))
      detail.emplace(shape.members[index].name, std::move(value));
    if (response.body.empty()) return detail;
    std::string body = response.body;
    Member use;
    use.shape = &shape;
    auto members = service.protocol() == Protocol::rest_xml
                       ? Result<json::value>(read_xml_fault_detail(std::move(body), shape))
                       : read_json(body, use, {});
    if (members) {
      for (auto& [name, value] : members->get_object()) detail.insert_or_assign(name, std::move(value));
    }
    return detail;
  }
  if (is_xml(service.protocol())) return read_xml_fault_detail(response.body, shape);
  std::string body = response.body;
  Member use;
  use.shape = &shape;
  auto members = service.protocol() == Protocol::cbor ? read_cbor(body, use, {}) : read_json(body, use, {});
  return members && members->is_object() ? std::move(members->get_object()) : json::object();
}

}  // namespace

ServiceError parse_error(const Service& service, const Operation*, const HttpResponse& response) {
  ServiceError error;
  error.status = response.status;
  if (is_xml(service.protocol())) {
    auto fault = read_xml_fault(response.body);
    error.code = fault.code;
    error.message = fault.message;
    error.request_id = fault.request_id;
  } else {
    read_json_fault(service.protocol(), response, error);
  }
  for (const char* name : {"x-amzn-requestid", "x-amz-request-id"}) {
    if (auto* id = response.header(name); id && error.request_id.empty()) error.request_id = *id;
  }
  const Shape* shape = service.error_shape(error.code);
  if (auto code = query_compatible_code(response); !code.empty()) {
    error.code = code;
    if (auto* renamed = service.error_shape(code)) shape = renamed;
  }
  if (shape) error.detail = read_detail(service, *shape, response);
  return error;
}

}  // namespace cadastre::aws
