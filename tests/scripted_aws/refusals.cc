// How each of AWS's protocols says no. Sources: the "Common errors" pages of the API references, and "Error responses"
// of S3.
#include "aws/protocol/protocol.h"
#include "scripted_aws/answers.h"

namespace cadastre::scripted {
namespace {

using aws::Protocol;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

// "com.amazonaws.dynamodb.v20120810#" and the like stand before a json error's code.
std::string spaced_code(const aws::Service& service, std::string_view code) {
  if (service.name() == "dynamodb") return fmt::format("com.amazonaws.dynamodb.v20120810#{}", code);
  return std::string(code);
}

}  // namespace

HttpAnswer error_answer(const aws::Service& service, int status, std::string_view code, std::string_view message) {
  HttpAnswer answer;
  answer.status = status;
  constexpr std::string_view kId = "00000000-0000-4000-8000-00000000e404";
  switch (service.protocol()) {
    case Protocol::ec2:
      answer.body = fmt::format(
          "<?xml version=\"1.0\" "
          "encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors>"
          "<RequestID>{}</RequestID></Response>",
          code, escaped(message), kId);
      break;
    case Protocol::query:
      answer.body = fmt::format(
          "<ErrorResponse "
          "xmlns=\"{}\"><Error><Type>{}</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{}</RequestId></"
          "ErrorResponse>",
          service.xml_namespace(), status < 500 ? "Sender" : "Receiver", code, escaped(message), kId);
      break;
    case Protocol::rest_xml:
      answer.content_type = "application/xml";
      if (service.name() == "s3") {
        answer.body = fmt::format(
            "<?xml version=\"1.0\" "
            "encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><RequestId>E404</RequestId><HostId>x</"
            "HostId></Error>",
            code, escaped(message));
      } else {
        answer.body = fmt::format(
            "<?xml version=\"1.0\"?>\n<ErrorResponse "
            "xmlns=\"{}\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>"
            "<RequestId>{}</RequestId></ErrorResponse>",
            service.xml_namespace(), code, escaped(message), kId);
      }
      break;
    case Protocol::rest_json:
      answer.content_type = "application/json";
      answer.headers.emplace_back("x-amzn-ErrorType",
                                  fmt::format("{}:http://internal.amazon.com/coral/com.amazon.coral.service/", code));
      answer.body = to_json(json::object{{"message", message}});
      break;
    default:
      answer.content_type = "application/x-amz-json-" + service.json_version();
      answer.body = to_json(json::object{{"__type", spaced_code(service, code)},
                                         {service.name() == "dynamodb" ? "Message" : "message", message}});
  }
  return answer;
}

HttpAnswer throttled_answer(const aws::Service& service) {
  switch (service.protocol()) {
    case Protocol::ec2:
      return error_answer(service, 503, "RequestLimitExceeded", "Request limit exceeded.");
    case Protocol::query:
      return error_answer(service, 400, "Throttling", "Rate exceeded");
    case Protocol::rest_json:
      return error_answer(service, 429, "TooManyRequestsException", "Rate exceeded");
    case Protocol::rest_xml:
      return service.name() == "s3" ? error_answer(service, 503, "SlowDown", "Please reduce your request rate.")
                                    : error_answer(service, 400, "Throttling", "Rate exceeded");
    default:
      return error_answer(service, 400, "ThrottlingException", "Rate exceeded");
  }
}

HttpAnswer expired_answer(const aws::Service& service) {
  switch (service.protocol()) {
    case Protocol::ec2:
      return error_answer(service, 400, "RequestExpired", "Request has expired.");
    case Protocol::query:
      return error_answer(service, 403, "ExpiredToken", "The security token included in the request is expired");
    case Protocol::rest_xml:
      return service.name() == "s3"
                 ? error_answer(service, 400, "ExpiredToken", "The provided token has expired.")
                 : error_answer(service, 403, "ExpiredToken", "The security token included in the request is expired");
    case Protocol::rest_json:
      return error_answer(service, 403, "ExpiredTokenException",
                          "The security token included in the request is expired");
    default:
      return error_answer(service, 400, "ExpiredTokenException",
                          "The security token included in the request is expired");
  }
}

HttpAnswer unknown_key_answer(const aws::Service& service) {
  constexpr std::string_view kInvalid = "The security token included in the request is invalid.";
  switch (service.protocol()) {
    case Protocol::ec2:
      return error_answer(service, 401, "AuthFailure", "AWS was not able to validate the provided access credentials");
    case Protocol::query:
      return error_answer(service, 403, "InvalidClientTokenId", kInvalid);
    case Protocol::rest_xml:
      return service.name() == "s3" ? error_answer(service, 403, "InvalidAccessKeyId",
                                                   "The AWS Access Key Id you provided does not exist in our records.")
                                    : error_answer(service, 403, "InvalidClientTokenId", kInvalid);
    case Protocol::rest_json:
      return error_answer(service, 403, "UnrecognizedClientException", kInvalid);
    default:
      return error_answer(service, 400, "UnrecognizedClientException", kInvalid);
  }
}

HttpAnswer opt_in_answer(const aws::Service& service) {
  int status = service.protocol() == Protocol::ec2 ? 401 : 403;
  return error_answer(service, status, "OptInRequired",
                      "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.");
}

HttpAnswer denied_answer(const aws::Service& service, std::string_view operation, std::string_view account,
                         bool by_scp) {
  auto who = fmt::format("arn:aws:sts::{}:assumed-role/cadastre-read/cadastre", account);
  auto action = fmt::format("{}:{}", service.signing_name(), operation);
  auto why = by_scp ? fmt::format("with an explicit deny in a service control policy")
                    : fmt::format("because no identity-based policy allows the {} action", action);
  auto message = fmt::format("User: {} is not authorized to perform: {} on resource: * {}", who, action, why);
  switch (service.protocol()) {
    case Protocol::ec2:
      return error_answer(service, 403, "UnauthorizedOperation",
                          "You are not authorized to perform this operation. " + message);
    case Protocol::query:
    case Protocol::rest_xml:
      return error_answer(service, 403, "AccessDenied", message);
    case Protocol::rest_json:
      return error_answer(service, 403, "AccessDeniedException", message);
    default:
      return error_answer(service, 400, "AccessDeniedException", message);
  }
}

HttpAnswer server_error_answer(const aws::Service& service, int status) {
  return status == 503
             ? error_answer(service, 503, "ServiceUnavailable", "The service is unavailable. Please try again shortly.")
             : error_answer(
                   service, 500,
                   service.protocol() == Protocol::ec2 || service.name() == "s3" ? "InternalError" : "InternalFailure",
                   "An internal error has occurred");
}

HttpAnswer proxy_page() {
  HttpAnswer answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.body =
      "<html><head><title>Sign in to the network</title></head><body><h1>Please accept the terms of "
      "use</h1></body></html>";
  return answer;
}

}  // namespace cadastre::scripted
