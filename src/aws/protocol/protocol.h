// The six wire protocols of AWS: an operation's input becomes an HTTP request, its HTTP answer becomes a document.
//
// Sources: the Smithy AWS protocol pages (https://smithy.io/2.0/aws/protocols/) and botocore's behaviour, whose
// compliance suites the tests run. Documents have boto3's shape and names, members in the model's order and maps in
// that of their keys; what differs from boto3, because documents are JSON: a timestamp is RFC 3339 UTC text, a blob is
// base64 text, NaN and the infinities are the texts "NaN", "Infinity", "-Infinity". Members the model does not know are
// left out; a union whose only member is unknown is {"SDK_UNKNOWN_MEMBER": {"name": …}}. A scalar that is not of the
// promised type stays as it came. Input takes the same forms; timestamps may be seconds since 1970 too. Pure functions,
// thread-safe.
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "net/http_client.h"

namespace cadastre::aws {

struct WireRequest {
  std::string method;
  std::string path;   // percent-encoded, begins with '/'
  std::string query;  // percent-encoded, without '?'; "" when there is none
  std::vector<HttpHeader> headers;
  std::string body;
  std::string host_prefix;  // expanded; "" when there is none
};

// What AWS said went wrong.
struct ServiceError {
  std::string code;  // "Throttling", "AccessDenied", "NoSuchBucket": without namespace and URI
  std::string message;
  std::string request_id;
  int status = 0;
  json::object detail;  // members of the modelled exception, when the code is modelled
};

// Errors: invalid, naming the parameter that is unknown, missing or of the wrong type.
Result<WireRequest> serialize(const Service& service, const Operation& operation, const json::object& input);

// Parses an answer with status < 300 (rest protocols: whatever is no error). Values are allocated in `storage`.
// Errors: malformed — not well-formed, cut short, or the wrong document (an HTML page, another operation's answer).
Result<json::value> parse_output(const Service& service, const Operation& operation, HttpResponse& response,
                                 json::storage_ptr storage);

// Parses an answer with status >= 300. Never fails: what cannot be understood becomes code "" with the status.
ServiceError parse_error(const Service& service, const Operation* operation, const HttpResponse& response);

}  // namespace cadastre::aws
