#include "aws/protocol/protocol.h"

#include "aws/protocol/cbor_reader.h"
#include "aws/protocol/cbor_writer.h"
#include "aws/protocol/eventstream.h"
#include "aws/protocol/json_reader.h"
#include "aws/protocol/json_writer.h"
#include "aws/protocol/policies.h"
#include "aws/protocol/query.h"
#include "aws/protocol/rest.h"
#include "aws/protocol/validate.h"
#include "aws/protocol/xml_reader.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

// "{AccountId}." with the parameter that is marked as a label of the host name.
Result<std::string> expand_host_prefix(const Service& service, const Operation& operation, const json::object& input) {
  std::string prefix = operation.host_prefix;
  if (prefix.empty() || !operation.input) return prefix;
  for (const auto& member : operation.input->members) {
    if (!member.host_label) continue;
    auto at = input.find(member.name);
    auto value = at == input.end() ? std::string() : scalar_text(at->value());
    bool fits = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
    });
    if (!fits) {
      return fail(ErrorCode::invalid,
                  fmt::format("{} {}: the parameter {} is part of a host name: letters, digits, '-' and '.' only",
                              service.name(), operation.name, member.name));
    }
    prefix = replace_all(prefix, "{" + member.name + "}", value);
  }
  return prefix;
}

bool has_event_stream(const Shape* output) {
  return output && std::any_of(output->members.begin(), output->members.end(),
                               [](const Member& member) { return member.shape->eventstream; });
}

void write_json_request(const Service& service, const Operation& operation, const json::object& input,
                        WireRequest& request) {
  request.method = operation.method;
  request.path = "/";
  request.headers.push_back({"X-Amz-Target", service.target_prefix() + "." + operation.name});
  request.headers.push_back({"Content-Type", "application/x-amz-json-" + service.json_version()});
  request.body = operation.input ? to_json(wire_json(*operation.input, input)) : "{}";
}

void write_cbor_request(const Service& service, const Operation& operation, const json::object& input,
                        WireRequest& request) {
  request.method = "POST";
  request.path = "/service/" + service.target_prefix() + "/operation/" + operation.name;
  request.headers.push_back({"smithy-protocol", "rpc-v2-cbor"});
  request.headers.push_back(
      {"Accept", has_event_stream(operation.output) ? "application/vnd.amazon.eventstream" : "application/cbor"});
  if (!operation.input) return;
  request.headers.push_back({"Content-Type", "application/cbor"});
  request.body = write_cbor(operation.input_use, input);
}

// The json and cbor protocols: the body is the output.
Result<json::value> read_rpc_answer(const Service& service, const Operation& operation, HttpResponse& response,
                                    const json::storage_ptr& storage) {
  bool cbor = service.protocol() == Protocol::cbor;
  if (!operation.output || (operation.output->members.empty() && response.body.empty())) {
    return json::value(json::object_kind, storage);
  }
  for (const auto& member : operation.output->members) {
    if (member.shape->eventstream)
      return read_rpc_event_stream(service, *operation.output, member, response.body, storage);
  }
  if (response.body.empty()) return fail(ErrorCode::malformed, "is empty");
  return cbor ? read_cbor(response.body, operation.output_use, storage)
              : read_json(response.body, operation.output_use, storage);
}

Result<json::value> read_query_answer(const Service& service, const Operation& operation, HttpResponse& response,
                                      const json::storage_ptr& storage) {
  XmlExpectation expected;
  // An operation that gives nothing back has nothing that could be cut short: any document but an error will do.
  bool gives = operation.output && !operation.output->members.empty();
  if (gives) expected.operation = operation.name;
  if (gives && service.protocol() == Protocol::query) expected.wrapper = operation.result_wrapper;
  if (!gives && response.body.empty()) return json::value(json::object_kind, storage);
  Member nothing;
  return read_xml(response.body, expected, gives ? operation.output_use : nothing, storage);
}

Result<json::value> read_answer(const Service& service, const Operation& operation, HttpResponse& response,
                                const json::storage_ptr& storage) {
  switch (service.protocol()) {
    case Protocol::query:
    case Protocol::ec2:
      return read_query_answer(service, operation, response, storage);
    case Protocol::rest_xml:
    case Protocol::rest_json: {
      if (!operation.output) return json::value(json::object_kind, storage);
      bool bodiless = operation.method == "HEAD" || response.status == 204 || response.status == 304;
      return read_rest_answer(service, *operation.output, response, bodiless, storage);
    }
    case Protocol::json:
    case Protocol::cbor:
      return read_rpc_answer(service, operation, response, storage);
  }
  return fail(ErrorCode::internal, "came over an unknown protocol");
}

}  // namespace

Result<WireRequest> serialize(const Service& service, const Operation& operation, const json::object& input) {
  TRY(validate_input(service, operation, input));
  WireRequest request;
  TRY_ASSIGN(request.host_prefix, expand_host_prefix(service, operation, input));
  switch (service.protocol()) {
    case Protocol::query:
    case Protocol::ec2:
      write_query_request(service, operation, input, request);
      break;
    case Protocol::rest_xml:
    case Protocol::rest_json:
      write_rest_request(service, operation, input, request);
      break;
    case Protocol::json:
      write_json_request(service, operation, input, request);
      break;
    case Protocol::cbor:
      write_cbor_request(service, operation, input, request);
      break;
  }
  bool rpc = service.protocol() == Protocol::json || service.protocol() == Protocol::cbor;
  if (rpc && service.query_compatible()) request.headers.push_back({"x-amzn-query-mode", "true"});
  return request;
}

Result<json::value> parse_output(const Service& service, const Operation& operation, HttpResponse& response,
                                 json::storage_ptr storage) {
  auto result = read_answer(service, operation, response, storage);
  if (result && service.name() == "iam" && operation.output) decode_policies(*result, *operation.output);
  if (result) return result;
  auto& error = result.error();
  return fail(error.code, fmt::format("the answer to {} {} {}", service.name(), operation.name, error.message),
              error.cause);
}

}  // namespace cadastre::aws
