#include "api/answer.h"

#include "base/hash.h"
#include "base/text.h"

namespace cadastre::api {

ServerResponse text_answer(std::string body, std::string content_type, int status) {
  ServerResponse response;
  response.status = status;
  response.set("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

ServerResponse json_answer(const json::value& body, int status) {
  return text_answer(to_json(body), "application/json", status);
}

ServerResponse no_content() {
  ServerResponse response;
  response.status = 204;
  return response;
}

std::string etag_of(std::string_view body) {
  // In JSON text these bytes are a member's name and nothing else: within a text the quotes would be escaped.
  constexpr std::string_view kAsOf = "\"as_of\":\"";
  auto at = body.rfind(kAsOf);
  if (at == std::string_view::npos) return "W/\"" + to_hex(hash128(body).bytes()) + "\"";
  auto rest = body.substr(at + kAsOf.size());
  rest.remove_prefix(std::min(rest.find('"'), rest.size()));
  return "W/\"" + to_hex(hash128(body.substr(0, at)).bytes()) + to_hex(hash128(rest).bytes()) + "\"";
}

void add_security_headers(ServerResponse& response, bool secure) {
  auto set = [&](std::string_view name, std::string_view value) {
    for (const auto& header : response.headers) {
      if (iequals(header.name, name)) return;
    }
    response.set(name, std::string(value));
  };
  set("Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
      "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  set("X-Content-Type-Options", "nosniff");
  set("X-Frame-Options", "DENY");
  set("Referrer-Policy", "no-referrer");
  set("Cross-Origin-Opener-Policy", "same-origin");
  set("Cross-Origin-Resource-Policy", "same-origin");
  set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  if (secure) set("Strict-Transport-Security", "max-age=31536000");
  set("Cache-Control", "no-store");
}

}  // namespace cadastre::api
